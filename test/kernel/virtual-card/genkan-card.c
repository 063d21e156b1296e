// SPDX-License-Identifier: GPL-2.0-only
/*
 * A FireWire controller without hardware, for the kernel test alone: it registers a card with firewire-core and hands every
 * packet to a program through /dev/genkan-card, which plays the bus and the nodes on it. It is built against the private
 * header of the very kernel that it is loaded into, and is no part of the product.
 *
 * Records, both ways, are 32-bit words of this machine: type, id, then what the type says.
 *   up    REQUEST, RESPONSE: generation, header[4], payload octets, payload
 *         RESET: 1 for a short one; ROM: octets, image
 *   down  DONE: ack or rcode of the packet with this id
 *         REQUEST, RESPONSE: generation, header[4], payload octets, payload
 *         SELF_IDS: local node id, generation, count, self-IDs
 *         ISO: channel, count, then of each packet: octets, cycle, tag, payload padded to words
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/firewire.h>
#include <linux/firewire-constants.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "core.h"

enum { REQUEST = 1, RESPONSE, RESET, ROM, DONE, SELF_IDS, ISO };

#define GUID 0x0050c2fffe139400ULL
#define RECORD_MAX 131072
#define RING_MAX 4096

struct record {
	struct list_head link;
	size_t octets;
	u32 words[];
};

struct slot {
	u16 payload;
	bool interrupt;
	struct fw_iso_buffer *buffer;
	unsigned long offset;
};

struct context {
	struct fw_iso_context base;
	struct list_head link;
	bool running;
	u32 tags;
	u32 first, count;
	size_t filled;
	u32 cycle;
	struct slot slots[RING_MAX];
	u8 headers[PAGE_SIZE];
};

static struct fw_card card;
static struct platform_device *platform;
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(records);
static LIST_HEAD(pending);
static LIST_HEAD(contexts);
static DECLARE_WAIT_QUEUE_HEAD(readers);
static u32 next_id = 1;

static void tell(const u32 *head, size_t words, const void *payload, size_t octets)
{
	struct record *one = kzalloc(sizeof(*one) + 4 * words + ALIGN(octets, 4), GFP_ATOMIC);
	unsigned long flags;

	if (!one)
		return;
	memcpy(one->words, head, 4 * words);
	memcpy(one->words + words, payload, octets);
	one->octets = 4 * words + ALIGN(octets, 4);
	spin_lock_irqsave(&lock, flags);
	list_add_tail(&one->link, &records);
	spin_unlock_irqrestore(&lock, flags);
	wake_up(&readers);
}

/* -- what firewire-core calls -- */

static int card_rom(struct fw_card *c, const __be32 *rom, size_t quadlets)
{
	u32 head[3] = { ROM, 0, 4 * quadlets };

	tell(head, 3, rom, 4 * quadlets);
	return 0;
}

static int card_set_rom(struct fw_card *c, const __be32 *rom, size_t quadlets)
{
	u32 head[3] = { RESET, 0, 1 };

	card_rom(c, rom, quadlets);
	tell(head, 3, NULL, 0);
	return 0;
}

static int card_read_phy(struct fw_card *c, int address)
{
	return 0;
}

static int card_update_phy(struct fw_card *c, int address, int clear, int set)
{
	u32 head[3] = { RESET, 0, address == 5 };

	if ((address == 1 || address == 5) && (set & 0x40))
		tell(head, 3, NULL, 0);
	return 0;
}

static void send(struct fw_packet *packet, u32 type)
{
	u32 head[8] = { type, 0, packet->generation };
	unsigned long flags;

	/* PHY packets have nobody to reach. */
	if (((packet->header[0] >> 4) & 0xf) == TCODE_LINK_INTERNAL) {
		packet->callback(packet, &card, ACK_COMPLETE);
		return;
	}
	spin_lock_irqsave(&lock, flags);
	head[1] = next_id++;
	packet->driver_data = (void *)(unsigned long)head[1];
	list_add_tail(&packet->link, &pending);
	spin_unlock_irqrestore(&lock, flags);
	memcpy(head + 3, packet->header, 16);
	head[7] = packet->payload_length;
	tell(head, 8, packet->payload, packet->payload_length);
}

static void card_request(struct fw_card *c, struct fw_packet *packet)
{
	send(packet, REQUEST);
}

static void card_response(struct fw_card *c, struct fw_packet *packet)
{
	send(packet, RESPONSE);
}

static struct fw_packet *take_pending(struct fw_packet *packet, u32 id)
{
	struct fw_packet *one, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_for_each_entry(one, &pending, link) {
		if (one == packet || (id && one->driver_data == (void *)(unsigned long)id)) {
			found = one;
			list_del(&one->link);
			break;
		}
	}
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

static int card_cancel(struct fw_card *c, struct fw_packet *packet)
{
	if (!take_pending(packet, 0))
		return -ENOENT;
	packet->callback(packet, &card, RCODE_CANCELLED);
	return 0;
}

static int card_phys_dma(struct fw_card *c, int node, int generation)
{
	return 0;
}

static u32 card_read_csr(struct fw_card *c, int offset)
{
	u64 ns = ktime_get_ns();
	u32 rest = do_div(ns, NSEC_PER_SEC);

	if (offset != CSR_CYCLE_TIME)
		return 0;
	return ((u32)(ns & 0x7f) << 25) | ((rest / 125000) << 12);
}

static void card_write_csr(struct fw_card *c, int offset, u32 value)
{
}

static struct fw_iso_context *card_allocate_iso(struct fw_card *c, int type, int channel, size_t header_size)
{
	struct context *one;
	unsigned long flags;

	if (type != FW_ISO_CONTEXT_RECEIVE)
		return ERR_PTR(-EBUSY);
	one = kvzalloc(sizeof(*one), GFP_KERNEL);
	if (!one)
		return ERR_PTR(-ENOMEM);
	spin_lock_irqsave(&lock, flags);
	list_add_tail(&one->link, &contexts);
	spin_unlock_irqrestore(&lock, flags);
	return &one->base;
}

static void card_free_iso(struct fw_iso_context *base)
{
	struct context *one = container_of(base, struct context, base);
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_del(&one->link);
	spin_unlock_irqrestore(&lock, flags);
	kvfree(one);
}

static int card_start_iso(struct fw_iso_context *base, s32 cycle, u32 sync, u32 tags)
{
	struct context *one = container_of(base, struct context, base);

	one->tags = tags;
	one->running = true;
	return 0;
}

static int card_stop_iso(struct fw_iso_context *base)
{
	struct context *one = container_of(base, struct context, base);
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	one->running = false;
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int card_set_channels(struct fw_iso_context *base, u64 *channels)
{
	return -EINVAL;
}

static int card_queue_iso(struct fw_iso_context *base, struct fw_iso_packet *packet, struct fw_iso_buffer *buffer,
			  unsigned long offset)
{
	struct context *one = container_of(base, struct context, base);
	int each, packets = packet->header_length / base->header_size;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (one->count + packets > RING_MAX) {
		spin_unlock_irqrestore(&lock, flags);
		return -ENOMEM;
	}
	for (each = 0; each < packets; each++) {
		struct slot *slot = &one->slots[(one->first + one->count++) % RING_MAX];

		slot->payload = packet->payload_length / packets;
		slot->interrupt = packet->interrupt && each == packets - 1;
		slot->buffer = buffer;
		slot->offset = offset + each * slot->payload;
	}
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void card_flush_queue(struct fw_iso_context *base)
{
}

static void complete_headers(struct context *one)
{
	size_t filled = one->filled;

	if (!filled)
		return;
	one->filled = 0;
	one->base.callback.sc(&one->base, one->cycle, filled, one->headers, one->base.callback_data);
}

static int card_flush_iso(struct fw_iso_context *base)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	complete_headers(container_of(base, struct context, base));
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void fill(struct context *one, u32 channel, u32 octets, u32 cycle, u32 tag, const u8 *data)
{
	size_t size = one->base.header_size, done = 0;
	struct slot *slot = &one->slots[one->first];
	__be32 head[2] = { cpu_to_be32(octets << 16 | tag << 14 | channel << 8 | 0xa0),
			   cpu_to_be32((cycle / 8000 % 8) << 13 | cycle % 8000) };
	size_t extra = size > 8 ? min_t(size_t, size - 8, octets) : 0;

	/* Nobody has made room: it is lost, as on the wire. */
	if (!one->running || !(one->tags & (1 << tag)) || !one->count)
		return;
	one->first = (one->first + 1) % RING_MAX;
	one->count--;
	if (one->filled + size > sizeof(one->headers))
		complete_headers(one);
	memset(one->headers + one->filled, 0, size);
	memcpy(one->headers + one->filled, head, min_t(size_t, size, 8));
	memcpy(one->headers + one->filled + 8, data, extra);
	one->filled += size;
	one->cycle = cycle;
	data += extra;
	octets = min_t(u32, octets - extra, slot->payload);
	while (done < octets) {
		unsigned long at = slot->offset + done;
		size_t part = min_t(size_t, octets - done, PAGE_SIZE - offset_in_page(at));

		memcpy(page_address(slot->buffer->pages[at >> PAGE_SHIFT]) + offset_in_page(at), data + done, part);
		done += part;
	}
	if (slot->interrupt)
		complete_headers(one);
}

static const struct fw_card_driver driver = {
	.enable = card_rom,
	.read_phy_reg = card_read_phy,
	.update_phy_reg = card_update_phy,
	.set_config_rom = card_set_rom,
	.send_request = card_request,
	.send_response = card_response,
	.cancel_packet = card_cancel,
	.enable_phys_dma = card_phys_dma,
	.read_csr = card_read_csr,
	.write_csr = card_write_csr,
	.allocate_iso_context = card_allocate_iso,
	.free_iso_context = card_free_iso,
	.start_iso = card_start_iso,
	.set_iso_channels = card_set_channels,
	.queue_iso = card_queue_iso,
	.flush_queue_iso = card_flush_queue,
	.flush_iso_completions = card_flush_iso,
	.stop_iso = card_stop_iso,
};

/* -- what the program that plays the bus calls -- */

static ssize_t op_read(struct file *file, char __user *into, size_t size, loff_t *offset)
{
	struct record *one;
	ssize_t octets;

	if (wait_event_interruptible(readers, !list_empty_careful(&records)))
		return -ERESTARTSYS;
	spin_lock_irq(&lock);
	one = list_first_entry_or_null(&records, struct record, link);
	if (one)
		list_del(&one->link);
	spin_unlock_irq(&lock);
	if (!one)
		return -EAGAIN;
	octets = one->octets;
	if (octets > size)
		octets = -EMSGSIZE;
	else if (copy_to_user(into, one->words, octets))
		octets = -EFAULT;
	kfree(one);
	return octets;
}

static int take_packet(const u32 *words, size_t count)
{
	struct fw_packet p = { .speed = SCODE_400, .generation = words[2], .ack = ACK_PENDING };

	if (count < 8 || words[7] > 4 * (count - 8))
		return -EINVAL;
	memcpy(p.header, words + 3, 16);
	p.header_length = 16;
	p.payload = (void *)(words + 8);
	p.payload_length = words[7];
	if (words[0] == REQUEST)
		fw_core_handle_request(&card, &p);
	else
		fw_core_handle_response(&card, &p);
	return 0;
}

static int take_iso(const u32 *words, size_t count)
{
	size_t at = 4, each;

	for (each = 0; each < words[3]; each++) {
		struct context *one;
		u32 octets;

		if (at + 3 > count)
			return -EINVAL;
		octets = words[at];
		if (octets > 4096 || words[at + 2] > 3 || at + 3 + DIV_ROUND_UP(octets, 4) > count)
			return -EINVAL;
		spin_lock_irq(&lock);
		list_for_each_entry(one, &contexts, link)
			if (one->base.channel == words[2])
				fill(one, words[2], octets, words[at + 1], words[at + 2], (const u8 *)(words + at + 3));
		spin_unlock_irq(&lock);
		at += 3 + DIV_ROUND_UP(octets, 4);
	}
	return 0;
}

static ssize_t op_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	u32 *words;
	size_t count = size / 4;
	struct fw_packet *packet;
	int result = 0;

	if (count < 4 || size > RECORD_MAX || size % 4)
		return -EINVAL;
	words = memdup_user(from, size);
	if (IS_ERR(words))
		return PTR_ERR(words);
	switch (words[0]) {
	case DONE:
		packet = take_pending(NULL, words[1]);
		if (packet)
			packet->callback(packet, &card, words[2]);
		break;
	case REQUEST:
	case RESPONSE:
		result = take_packet(words, count);
		break;
	case SELF_IDS:
		if (count < 5 || words[4] > count - 5)
			result = -EINVAL;
		else
			fw_core_handle_bus_reset(&card, words[2], words[3], words[4], words + 5, false);
		break;
	case ISO:
		result = take_iso(words, count);
		break;
	default:
		result = -EINVAL;
	}
	kfree(words);
	return result ? result : size;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.read = op_read,
	.write = op_write,
	.llseek = no_llseek,
};

static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "genkan-card", .fops = &operations };

static int __init card_init(void)
{
	int result;

	platform = platform_device_register_simple("genkan-card", -1, NULL, 0);
	if (IS_ERR(platform))
		return PTR_ERR(platform);
	dma_coerce_mask_and_coherent(&platform->dev, DMA_BIT_MASK(64));
	result = misc_register(&misc);
	if (result)
		return result;
	fw_card_initialize(&card, &driver, &platform->dev);
	return fw_card_add(&card, 10, SCODE_400, GUID);
}

module_init(card_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A FireWire controller whose bus is played by a program");
