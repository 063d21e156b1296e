/** The style sheet of the access broker's own pages: light and dark, in the tokens of the control page. */

export const ownStyle = `
:root{color-scheme:light dark;--bg:light-dark(#F4F5F7,#111417);--surface:light-dark(#FFF,#1B2026);--text:light-dark(#1B1E22,#E7EAEE);--text2:light-dark(#59636E,#A3AEBA);--line:light-dark(#79828C,#7C8792);--edge:light-dark(#DFE3E8,#2E353E);--focus:light-dark(#0B57D0,#8AB4F8);--on-focus:light-dark(#FFF,#10233F);--error:light-dark(#B3261E,#FF8A80);--good:light-dark(#2B7330,#81C784);--warn:light-dark(#FFF4CE,#4A3B00);--on-warn:light-dark(#5C4400,#FFE9A8)}
*{box-sizing:border-box}
html{font:1rem/1.5 -apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;background:var(--bg);color:var(--text)}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:16px}
main{width:100%;max-width:400px;background:var(--surface);border:1px solid var(--edge);border-radius:16px;padding:28px 24px;overflow-wrap:anywhere}
main.wide{max-width:840px}
.brand{display:flex;align-items:center;gap:8px;margin:0 0 20px;color:var(--focus);font-weight:600;font-size:.9375rem}
p,h1,h2,li,small{text-wrap:pretty}
:lang(ja){line-break:strict;word-break:auto-phrase}
h1{margin:0 0 8px;font-size:1.5rem;line-height:1.3;text-wrap:balance}
p{margin:0 0 16px;color:var(--text2)}
.number{color:var(--text);font-size:1.0625rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.field{margin:0 0 16px}
label{display:block;margin:0 0 4px;font-size:.9375rem;font-weight:600}
input,select,textarea{width:100%;min-height:48px;padding:10px 12px;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:10px}
.check{display:flex;align-items:center;gap:10px;min-height:44px;margin:0;font-weight:400}
.check input{width:22px;min-height:22px;margin:0;flex:none}
fieldset{min-width:0;margin:0 0 16px;padding:8px 12px;border:1px solid var(--edge);border-radius:10px}
legend{font-size:.9375rem;font-weight:600}
li .button{width:auto;flex:none;margin:0;min-height:44px;padding:8px 12px}
textarea{font-family:ui-monospace,monospace;font-size:.8125rem}
table{width:100%;margin:0 0 16px;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:8px 8px 8px 0;border-bottom:1px solid var(--edge);text-align:start;overflow-wrap:anywhere}
th{font-size:.8125rem;color:var(--text2)}
.hint{margin:6px 0 0;font-size:.8125rem}
.alert{margin:0 0 16px;padding-left:12px;border-left:4px solid var(--error);color:var(--error);font-weight:600}
button,.button{display:block;width:100%;min-height:48px;margin:8px 0 0;padding:10px 16px;font:inherit;font-weight:600;color:var(--on-focus);background:var(--focus);border:1px solid transparent;border-radius:10px;cursor:pointer;text-align:center;text-decoration:none}
h2{margin:28px 0 4px;font-size:1.125rem}
hr{margin:24px 0;border:0;border-top:1px solid var(--edge)}
ul{list-style:none;margin:0 0 12px;padding:0}
li{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:10px 0;border-bottom:1px solid var(--edge)}
li div{min-width:0;overflow-wrap:anywhere}
li small{display:block;color:var(--text2);font-size:.8125rem}
a{color:var(--focus)}
li button{width:auto;white-space:nowrap;flex:none;margin:0;min-height:44px;padding:8px 12px}
code{font-family:ui-monospace,monospace;font-size:1.0625rem;color:var(--text);overflow-wrap:anywhere}
.qr{display:block;width:200px;height:200px;margin:0 auto 16px;border-radius:8px}
li:has(.deeds){flex-wrap:wrap}
.deeds{display:flex;flex-wrap:wrap;gap:8px}
.qr.card{width:100%;max-width:340px;height:auto}
pre{margin:0 0 16px;white-space:pre-wrap}
pre code{font-size:.8125rem}
.codes{columns:2;margin:0 0 16px}
.codes li{display:block;padding:6px 0;border:0}
.codes code{font-size:.875rem}
.homes{display:grid;gap:12px;margin:16px 0 24px}
.homes>li{display:block;padding:0;border:1px solid var(--edge);border-radius:12px;overflow:hidden}
.homes a{display:grid;grid-template-columns:12px 1fr auto;gap:0 12px;align-items:center;padding:14px 16px;color:var(--text);text-decoration:none}
.homes a:hover{background:var(--bg)}
.homes a:focus-visible{outline-offset:-3px;border-radius:12px}
.homes a::after{content:"";grid-area:1/3/4/4;width:8px;height:8px;border:solid var(--text2);border-width:2px 2px 0 0;transform:rotate(45deg)}
.homes small,.state{grid-column:2;color:var(--text2);font-size:.8125rem}
.lamp{width:12px;height:12px;border:2px solid var(--line);border-radius:50%}
.lamp.online{border-color:var(--good);background:var(--good)}
.needs{display:flex;flex-wrap:wrap;gap:6px;margin:0;padding:0 16px 14px 40px}
.needs li{display:block;padding:2px 10px;border:0;border-radius:8px;background:var(--warn);color:var(--on-warn);font-size:.8125rem}
.ways{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 20px}
.ways .quiet{width:auto;margin:0;padding:10px 0;border:0;font-weight:400}
.ways .quiet:hover,.ways summary:hover{text-decoration:underline}
.ways details{flex-basis:100%}
.ways summary{width:fit-content;padding:10px 0;color:var(--focus);cursor:pointer}
[hidden]{display:none!important}
.quiet{color:var(--focus);background:none;border-color:var(--line)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
`;
