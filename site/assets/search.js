// The search of hr/: asks the index beside the page (Pagefind) and lists what it finds. Where there is no index to ask, as
// over file://, the page says so, and the list of people below can still be filtered.
'use strict';
(() => {
  const form = document.getElementById('search');
  const field = form.querySelector('input');
  const said = document.getElementById('said');
  const list = document.getElementById('found');
  const { index, root, language, found, none, more, unavailable } = form.dataset;
  const AT_ONCE = 20;
  let engine = null;
  let latest = 0;

  const unescaped = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>');

  // An excerpt comes as text with <mark>: taken apart, so that nothing in it can become an element of the page.
  const excerpt = (html) => {
    const paragraph = document.createElement('p');
    const whole = html.replace(/\u2060(<\/mark>)? /g, '$1').replace(/<\/mark><mark>/g, '').replace(/\u2060/g, '');
    whole.split(/<\/?mark>/).map(unescaped).forEach((part, place) => {
      const word = place % 2 ? part.replace(/[^\p{L}\p{N}]+$/u, '') : '';
      const mark = document.createElement('mark');
      mark.append(word);
      paragraph.append(...(word ? [mark] : []), part.slice(word.length));
    });
    return paragraph;
  };

  const item = ({ meta, excerpt: html }) => {
    const line = document.createElement('li');
    const link = document.createElement('a');
    link.href = root + meta[`path_${language}`].split('/').map(encodeURIComponent).join('/');
    link.textContent = meta[`title_${language}`];
    line.append(link, excerpt(html));
    return line;
  };

  const load = async () => {
    if (location.protocol === 'file:') throw new Error('an index cannot be loaded over file://');
    const { createInstance } = await import(new URL(`${index}pagefind.js`, location));
    engine = createInstance({ noWorker: true, excerptLength: 60 });
    await engine.init();
  };

  // Chinese characters and digits are looked for one by one in a row, as the index has them; other words by their beginning.
  const PIECE = /[\p{Nd}\p{Script=Han}]|(?:(?!\p{Script=Han})[\p{L}\p{M}])+/gu;
  const query = (term) => {
    const pieces = term.match(PIECE);
    return pieces.length > 1 || /[\p{Nd}\p{Script=Han}]/u.test(term) ? `"${pieces.join(' ')}"` : term;
  };

  // For a word that the index does not have, Pagefind finds the longest beginning of it that it has: `sxyz` would find each
  // word with an s. Then no result has the word itself, so it is enough to look at the words that the first one marks.
  const ENDING = /(?:'s|ies|es|s|ed|ing)$/;
  const bare = (word) => word.normalize('NFKD').replace(/[^\p{L}]/gu, '').toLowerCase();
  const isMeant = async (results, term) => {
    const { excerpt: html } = await results[0].data();
    const beginnings = [bare(term), bare(term.toLowerCase().replace(ENDING, ''))].filter((text) => text);
    const marked = [...html.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => bare(word));
    return marked.some((word) => beginnings.some((beginning) => word.startsWith(beginning)));
  };

  // Each term must be found; what is found by the last of them gives the excerpt.
  const matches = async (words) => {
    let kept = null;
    for (const term of words.normalize('NFKC').split(/\s+/).filter((term) => term.match(PIECE))) {
      const asked = query(term);
      const found = (await engine.search(asked)).results;
      const results = found.length && asked === term && !(await isMeant(found, term)) ? [] : found;
      const before = kept && new Map(kept.map((result) => [result.id, result.score]));
      kept = results.filter(({ id }) => !before || before.has(id));
      if (before) kept.forEach((result) => { result.score += before.get(result.id); });
    }
    return (kept ?? []).sort((a, b) => b.score - a.score);
  };

  const show = async (shown) => {
    const asked = ++latest;
    const words = field.value.trim();
    if (!words) {
      said.textContent = '';
      list.replaceChildren();
      return;
    }
    const results = await matches(words);
    const lines = await Promise.all(results.slice(0, shown).map((result) => result.data()));
    if (asked !== latest) return; // something else was typed in the meantime
    list.replaceChildren(...lines.map(item));
    said.textContent = results.length ? found.replace('{n}', results.length) : none;
    if (results.length > shown) {
      const line = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = more;
      button.addEventListener('click', async () => {
        await show(shown + AT_ONCE);
        list.children[shown]?.querySelector('a, button')?.focus();
      });
      line.append(button);
      list.append(line);
    }
  };

  const ready = load();
  const search = () => ready.then(() => show(AT_ONCE)).catch(() => { // no index, or a part of it is out of reach
    form.hidden = true;
    list.replaceChildren();
    said.textContent = unavailable;
  });
  let waiting;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  form.hidden = false;
  search();
})();
