// Tables that sort (data-sort) and filter (data-filter). Without this file a table reads in full, in the order it was given.
'use strict';
(() => {
  const ROWS_WORTH_A_FILTER = 5;
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const plain = (text) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

  // What a cell sorts by: nothing where it says nothing, a number, else its text.
  const value = (row, column) => {
    const text = plain(row.cells[column]?.textContent ?? '');
    if (text === '' || text === '–') return null;
    const number = text.replace(/−/g, '-').replace(/[,%\u00a0\u202f]/g, '');
    return /^[+-]?\d+(\.\d+)?$/.test(number) ? Number(number) : text;
  };
  const compare = (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : order.compare(String(a), String(b));

  const sort = (table, column, descending) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [row, value(row, column)]);
    rows.sort(([, a], [, b]) => {
      if (a === null || b === null) return (a === null) - (b === null); // last, whichever way it sorts
      return descending ? compare(b, a) : compare(a, b);
    });
    body.append(...rows.map(([row]) => row));
  };

  const sortable = (table) => {
    if (table.tBodies[0].rows.length < 2) return;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const descending = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach((other) => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        sort(table, column, descending);
      });
    });
  };

  // data-filter is the field's label, data-count what is announced: "{n} of {all}".
  const filterable = (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < ROWS_WORTH_A_FILTER) return;
    const field = document.createElement('input');
    field.type = 'search';
    field.autocomplete = 'off';
    const label = document.createElement('label');
    label.append(table.dataset.filter, ' ', field);
    const count = document.createElement('span');
    count.setAttribute('role', 'status');
    const bar = document.createElement('div');
    bar.className = 'filter';
    bar.append(label, count);
    (table.closest('.scroll') ?? table).before(bar);
    const texts = rows.map((row) => plain([...row.cells].map((cell) => cell.textContent).join(' ')));
    field.addEventListener('input', () => {
      const words = plain(field.value).split(' ');
      rows.forEach((row, index) => { row.hidden = !words.every((word) => texts[index].includes(word)); });
      const left = rows.filter((row) => !row.hidden).length;
      count.textContent = field.value
        ? table.dataset.count.replace('{n}', left).replace('{all}', rows.length) : '';
    });
  };

  document.querySelectorAll('table[data-sort]').forEach(sortable);
  document.querySelectorAll('table[data-filter]').forEach(filterable);
})();
