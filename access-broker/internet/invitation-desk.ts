/** The way in for who was invited: the secret is taken in the body of a request alone, then the person sets up how they will log in. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { errorAnswer, leadTo, pageAnswer } from "./answers.ts";
import type { DoorRooms, DoorSession } from "./door-rooms.ts";
import { invitationForm, welcomePage } from "./invitation-pages.ts";
import type { LoginDesk } from "./login-desk.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";

export function createInvitationDesk({ clock, redeem, audit, peopleChanged }: DoorRooms, desk: LoginDesk) {
  async function take(visit: Visit, number: AccessNumber, session: DoorSession | undefined): Promise<Response> {
    const { secret } = await readMembers(visit, clock);
    try {
      if (typeof secret !== "string")
        throw new HomeError("invitation-invalid", "the invitation is in the member secret");
      const user = await redeem(number, secret, visit.source);
      if (session !== undefined) await desk.endSession(session);
      // Whoever was logged in as this person no longer is.
      await peopleChanged(number);
      audit("invitation-used", number, user, visit.source, {});
      return leadTo("/invitation", await desk.begin(visit, number, { user, assurances: ["one-time"] }));
    } catch (thrown) {
      const error = toHomeError(thrown);
      audit("login-refused", number, null, visit.source, { reason: error.code, by: "invitation" });
      if (error.code !== "invitation-invalid" || !isForPerson(visit)) return errorAnswer(error, visit);
      const form = invitationForm(number, visit.speech, visit.speech.say("invitationWrong"));
      return pageAnswer(form, visit, httpStatusOf[error.code]);
    }
  }

  return async (visit: Visit, number: AccessNumber): Promise<Response> => {
    const session = await desk.sessionOf(visit, number);
    if (visit.method === "POST") return take(visit, number, session);
    if (session?.isVouchedFor && session.rights === "none")
      return pageAnswer(welcomePage(session, visit.speech), visit);
    return pageAnswer(invitationForm(number, visit.speech), visit);
  };
}
