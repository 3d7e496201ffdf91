"""The look of the patient and index pages: one set of rules for screen, telephone and paper."""

from __future__ import annotations

__all__ = ["PAGE_CSS"]

PAGE_CSS = """
:root{--ink:#1d2733;--soft:#56616e;--line:#d5dbe1;--faint:#f4f6f8;--alarm:#b34700;--calm:#00527f}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;font:15px/1.45 system-ui,-apple-system,"Segoe UI",
Roboto,"Liberation Sans",sans-serif}
main{max-width:980px;margin:0 auto;padding:16px 20px 40px}
h1{font-size:24px;margin:0;overflow-wrap:anywhere}
h2{font-size:17px;margin:26px 0 8px;padding-bottom:3px;border-bottom:2px solid var(--ink)}
h3{font-size:14px;margin:14px 0 4px}
p{margin:4px 0 8px}
a{color:var(--calm)}
.soft{color:var(--soft)}
.small{font-size:13px}
.banner{background:#fff3d6;border:1px solid #e69f00;padding:5px 10px;margin:0 0 8px;font-weight:600}
.rule{border:1px solid var(--ink);padding:5px 10px;margin:10px 0;font-weight:600}
.head{display:flex;flex-wrap:wrap;gap:4px 24px;align-items:baseline;justify-content:space-between}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(205px,1fr));gap:10px;margin:12px 0}
.tile{border:1px solid var(--line);border-left:6px solid var(--soft);padding:7px 10px}
.tile.alarm{border-left-color:#d55e00}
.tile.calm{border-left-color:#0072b2}
.tile.unsure{border-left-color:#e69f00;border-left-style:double}
.tile .name{font-size:12px;color:var(--soft);text-transform:uppercase;letter-spacing:.04em}
.tile .value{font-size:19px;font-weight:700;overflow-wrap:anywhere}
.tile .more{font-size:13px;overflow-wrap:anywhere}
dl.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:6px 16px;margin:8px 0}
dl.facts div{min-width:0}
dl.facts dt{font-size:12px;color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:13px;color:var(--soft);padding:2px 0 4px}
th,td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:600;border-bottom:1px solid var(--soft)}
tbody th{font-weight:600}
td,tbody th{overflow-wrap:break-word}
ul.flags{list-style:none;margin:6px 0;padding:0}
ul.flags li{padding:3px 0 3px 10px;border-left:4px solid var(--line);margin:0 0 4px;overflow-wrap:anywhere}
ul.flags li.error{border-left-color:#d55e00}
ul.flags li.warning{border-left-color:#e69f00}
ul.flags b{margin-right:6px}
code{font:12px ui-monospace,"Liberation Mono",monospace;color:var(--soft)}
figure{margin:8px 0}
figure .wide svg{min-width:760px}
figcaption{font-size:12.5px;color:var(--soft)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:4px 16px}
.pair figure .wide svg{min-width:330px}
.settings{columns:3;column-gap:18px;font-size:11.5px;line-height:1.35}
.settings h3{margin:0 0 2px;font-size:12px;break-after:avoid}
.settings p{margin:0;overflow-wrap:anywhere;break-inside:avoid}
.settings p.changed{font-weight:700}
.settings section{margin:0 0 8px}
footer{margin-top:22px;border-top:1px solid var(--line);padding-top:6px;font-size:12px;color:var(--soft)}
@media (max-width:640px){main{padding:10px 12px 30px}.settings{columns:1}
.value{font-size:17px}table{font-size:12.5px}th,td{padding-right:7px}}
@media print{
@page{size:A4;margin:10mm 11mm}
body{font-size:8.6pt;line-height:1.3}main{max-width:none;padding:0}
h1{font-size:15pt}h2{font-size:10.5pt;margin:7pt 0 3pt}h3{font-size:9pt;margin:5pt 0 1pt}
p{margin:1pt 0 3pt}.tiles{grid-template-columns:repeat(4,1fr);gap:6pt;margin:5pt 0}
.tile{padding:3pt 6pt}.tile .value{font-size:11pt}.tile .more,.small{font-size:7.8pt}
.tile .name,dl.facts dt{font-size:7pt}dl.facts{grid-template-columns:repeat(6,1fr);gap:2pt 8pt;margin:3pt 0}
table,caption{font-size:7.6pt}th,td{padding:1pt 6pt 1pt 0}.rule,.banner{padding:2pt 6pt;margin:3pt 0}
figure{margin:2pt 0;break-inside:avoid}figcaption{font-size:7pt}
.wide{overflow:visible}figure .wide svg,.pair figure .wide svg{min-width:0}
.probes svg,.curve svg{max-width:168mm!important}
.pair{grid-template-columns:1fr 1fr}
.settings{columns:4;column-gap:9pt;font-size:6pt;line-height:1.2}.settings h3{font-size:7pt}
.settings section{margin:0 0 3pt}code{font-size:6.8pt}
ul.flags{margin:2pt 0}ul.flags li{padding:0 0 0 5pt;margin:0 0 2pt;font-size:8pt}
tr,li,.tile,.rule{break-inside:avoid}h2,h3{break-after:avoid}
footer{margin-top:5pt;font-size:7pt}.screen{display:none}
a{color:inherit;text-decoration:none}}
"""
