// The index page: find, filter, sort; rows are made only for what is looked at.
// No library; text reaches the page by textContent only.
'use strict';
(function () {
  const data = JSON.parse(document.getElementById('patients').textContent);
  const columns = data.columns, words = data.words, rows = data.rows;
  const step = 100;
  const collator = new Intl.Collator('en', { numeric: true });
  const find = document.getElementById('find');
  const selects = Array.from(document.querySelectorAll('select[data-column]'));
  const body = document.querySelector('#list tbody');
  const heads = Array.from(document.querySelectorAll('#list thead th'));
  const count = document.getElementById('count'), more = document.getElementById('more');
  const place = new Map(columns.map((name, index) => [name, index]));
  const text = rows.map(row => row.map(say).join(' ').toLowerCase());
  let shown = [], limit = step, sorted = { column: -1, down: false };

  function say(cell) { return typeof cell === 'number' ? words[cell] : cell; }

  function matches(index) {
    const asked = find.value.trim().toLowerCase();
    if (asked && !asked.split(/\s+/).every(part => text[index].includes(part))) return false;
    return selects.every(select => {
      if (!select.value) return true;
      const cell = say(rows[index][place.get(select.dataset.column)]);
      return select.dataset.many ? cell.split(select.dataset.many).includes(select.value) : cell === select.value;
    });
  }

  function compare(a, b) {
    const x = say(rows[a][sorted.column]), y = say(rows[b][sorted.column]);
    const order = collator.compare(x, y);
    return (sorted.down ? -order : order) || a - b;
  }

  function select() {
    shown = [];
    for (let index = 0; index < rows.length; index++) if (matches(index)) shown.push(index);
    if (sorted.column >= 0) shown.sort(compare);
    limit = step;
    draw();
    remember();
  }

  function draw() {
    const part = document.createDocumentFragment();
    for (const index of shown.slice(0, limit)) part.appendChild(row(rows[index]));
    body.replaceChildren(part);
    const drawn = Math.min(limit, shown.length);
    count.textContent = shown.length + ' of ' + rows.length + ' patients' +
      (drawn < shown.length ? ', the first ' + drawn + ' are listed' : '');
    more.hidden = drawn >= shown.length;
  }

  function row(cells) {
    const line = document.createElement('tr');
    cells.forEach((value, index) => {
      const cell = document.createElement(index ? 'td' : 'th');
      if (index) {
        cell.textContent = say(value);
        if (columns[index] === 'genomic_risk') cell.className = 'risk-' + say(value);
        if (columns[index] === 'abl1_test' && say(value).startsWith('due')) cell.className = 'due';
      } else {
        cell.scope = 'row';
        const link = document.createElement('a');
        link.href = 'patients/' + encodeURIComponent(value) + '.html';
        link.textContent = value;
        cell.appendChild(link);
      }
      line.appendChild(cell);
    });
    return line;
  }

  function remember() {
    const state = new URLSearchParams();
    if (find.value) state.set('find', find.value);
    for (const select of selects) if (select.value) state.set(select.dataset.column, select.value);
    try { history.replaceState(null, '', '#' + state); } catch (error) { /* a file share may refuse */ }
  }

  function recall() {
    const state = new URLSearchParams(location.hash.slice(1));
    find.value = state.get('find') || '';
    for (const select of selects) {
      const wanted = state.get(select.dataset.column) || '';
      select.value = Array.from(select.options).some(o => o.value === wanted) ? wanted : '';
    }
  }

  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      sorted = { column: column, down: sorted.column === column && !sorted.down };
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending');
      select();
    });
  });
  find.addEventListener('input', select);
  selects.forEach(one => one.addEventListener('change', select));
  more.addEventListener('click', () => {
    const first = limit;
    limit += 5 * step;
    draw();
    const link = body.rows[first] && body.rows[first].querySelector('a');
    if (link) link.focus();
  });
  document.getElementById('clear').addEventListener('click', () => {
    find.value = '';
    selects.forEach(one => { one.value = ''; });
    select();
    find.focus();
  });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement.tagName !== 'INPUT') {
      event.preventDefault();
      find.focus();
    }
    if (event.key === 'Enter' && document.activeElement === find && shown.length === 1)
      location.href = 'patients/' + encodeURIComponent(rows[shown[0]][0]) + '.html';
  });
  document.getElementById('tools').hidden = false;
  recall();
  select();
}());
