#include "suite/report/page_assets.h"

namespace dsqbench {

const char* const page_style = R"css(
:root{color-scheme:light dark;--text:#1b1b1b;--back:#fff;--soft:#f3f4f6;--line:#c9ccd1;--link:#0b57a4;--good:#0a6b34;
--bad:#a1260d;--open:#5d4a00;--none:#55585e}
@media(prefers-color-scheme:dark){:root{--text:#eaeaea;--back:#16181b;--soft:#22262b;--line:#4a4f57;--link:#8ec5ff;
--good:#7fdc9f;--bad:#ff9a84;--open:#f0d060;--none:#b4b8bf}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1500px;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}
a{color:var(--link)}
.skip{position:absolute;left:-999px}
.skip:focus{position:static}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h1{font-size:1.6rem;margin:.2rem 0}
h2{font-size:1.25rem;margin:1.6rem 0 .4rem}
h3{font-size:1.05rem;margin:1rem 0 .2rem}
form{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;background:var(--soft);padding:.7rem;border-radius:.5rem}
form[hidden]{display:none}
label{display:flex;flex-direction:column;font-size:.85rem}
select,button,input{font:inherit;color:var(--text);background:var(--back);border:1px solid var(--line);border-radius:.3rem;
padding:.3rem .5rem;min-height:2.2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.5rem 0;color:var(--none)}
caption span{display:block;max-width:min(92vw,1440px)}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid var(--line)}
th{background:var(--soft)}
td.number,th.number{text-align:right;white-space:nowrap}
th button{all:unset;cursor:pointer;font-weight:bold}
th button:focus-visible{outline:3px solid var(--link)}
th[aria-sort=ascending] button::after{content:" \25B2"}
th[aria-sort=descending] button::after{content:" \25BC"}
summary{cursor:pointer;color:var(--link)}
code,pre{font:.85em ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.holds{color:var(--good)}.does-not-hold{color:var(--bad)}.undecided{color:var(--open)}.not-run-here{color:var(--none)}
.verdict{font-weight:bold;white-space:nowrap}
figure{display:inline-block;margin:.5rem 1rem .5rem 0;max-width:100%}
svg{max-width:100%;height:auto}
)css";

const char* const page_script = R"js(
'use strict';
(() => {
  const tables = [];
  // A table that sorts, and filters where a form says by what. Its state is in the page's address: that of the table of
  // contenders as "sort=top1", that of another as "kernel-rows.sort=ms".
  const equip = table => {
    const form = document.querySelector('form[data-for="' + table.id + '"]');
    const body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
    const selects = form ? Array.from(form.querySelectorAll('select')) : [];
    const prefix = table.id === 'board' ? '' : table.id + '.';
    const values = (row, name) => (row.dataset[name] ?? '').split('\n');
    let sort = '', descending = false;
    for (const select of selects) {
      const known = new Set(rows.flatMap(row => values(row, select.name)));
      for (const value of Array.from(known).sort()) if (value) select.add(new Option(value, value));
    }
    const key = (row, column) => {
      const cell = row.cells[column], value = cell.dataset.sort ?? cell.textContent;
      const number = Number(value);
      return value === '' ? null : Number.isNaN(number) ? value : number;
    };
    const compare = (a, b) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
      return descending ? -order : order;
    };
    const show = () => {
      const column = sort ? heads.findIndex(head => head.dataset.column === sort) : -1;
      heads.forEach((head, i) => head.dataset.column && head.setAttribute('aria-sort',
        i === column ? (descending ? 'descending' : 'ascending') : 'none'));
      const order = column < 0 ? rows : rows.map((row, i) => [key(row, column), i, row])
        .sort((a, b) => compare(a[0], b[0]) || a[1] - b[1]).map(item => item[2]);
      let count = 0;
      for (const row of order) {
        row.hidden = selects.some(select => select.value && !values(row, select.name).includes(select.value));
        count += row.hidden ? 0 : 1;
      }
      body.replaceChildren(...order);
      if (form) form.querySelector('.shown').textContent = count + ' of ' + rows.length + ' rows shown';
    };
    const changed = () => { keep(); show(); };
    for (const head of heads) {
      if (!head.dataset.column) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      button.addEventListener('click', () => {
        descending = sort === head.dataset.column ? !descending : head.classList.contains('number');
        sort = head.dataset.column;
        changed();
      });
      head.append(button);
    }
    if (form) {
      form.addEventListener('change', changed);
      form.addEventListener('submit', event => event.preventDefault());
      form.addEventListener('reset', () => setTimeout(() => { sort = ''; descending = false; changed(); }));
      form.hidden = false;
    }
    tables.push({
      write: state => {
        for (const select of selects) if (select.value) state.set(prefix + select.name, select.value);
        if (sort) { state.set(prefix + 'sort', sort); state.set(prefix + 'order', descending ? 'descending' : 'ascending'); }
      },
      read: state => {
        for (const select of selects) {
          select.value = state.get(prefix + select.name) ?? '';
          if (select.selectedIndex < 0) select.value = '';
        }
        sort = state.get(prefix + 'sort') ?? '';
        descending = state.get(prefix + 'order') === 'descending';
        show();
      }
    });
  };
  const keep = () => {
    const state = new URLSearchParams();
    for (const table of tables) table.write(state);
    history.replaceState(null, '', '#' + state);
  };
  const restore = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const table of tables) table.read(state);
  };
  const leadsToAPlace = () => location.hash.length > 1 && document.getElementById(location.hash.slice(1)) !== null;
  for (const table of document.querySelectorAll('table[id]')) equip(table);
  // A link to a heading or to the table moves the reader, and changes nothing that is shown.
  addEventListener('hashchange', () => leadsToAPlace() || restore());
  for (const link of document.querySelectorAll('a.skip')) link.addEventListener('click', event => {
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.parentElement.focus();
  });
  restore();
})();
)js";

}  // namespace dsqbench
