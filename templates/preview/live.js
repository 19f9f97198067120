// Reloads the page when `kpigen serve` shows something else on it. Only the preview has this script, a built site never.
(() => {
  'use strict';
  const {mark} = document.currentScript.dataset;
  const page = location.pathname;
  const memory = 'kpigen-preview:' + page;

  // --- the place in the page, kept over a reload ---------------------------------------------------------------------
  const folds = () => [...document.querySelectorAll('details')].map((fold, index) => [fold.id || 'number ' + index, fold]);
  const remember = () => {
    const open = folds().filter(([, fold]) => fold.open).map(([name]) => name);
    sessionStorage.setItem(memory, JSON.stringify({open, x: scrollX, y: scrollY, focus: document.activeElement?.id ?? ''}));
  };
  const recall = () => {
    const kept = sessionStorage.getItem(memory);
    if (kept === null) return;
    sessionStorage.removeItem(memory);
    const {open, x, y, focus} = JSON.parse(kept);
    for (const [name, fold] of folds()) fold.open = open.includes(name);
    if (focus) document.getElementById(focus)?.focus({preventScroll: true});
    const back = () => scrollTo({left: x, top: y, behavior: 'instant'});
    back();
    addEventListener('load', back, {once: true});
  };

  // --- asking whether the page is another one now --------------------------------------------------------------------
  const away = (is) => document.querySelector('.kpigen-away')?.toggleAttribute('hidden', !is);
  let asking = false, askAgain = false;
  const ask = async () => {
    askAgain = asking;
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch('/_kpigen/state?page=' + encodeURIComponent(page), {cache: 'no-store'});
      if (answer.ok && await answer.text() !== mark) {
        remember();
        location.reload();
        return;
      }
    } catch {
      // The server has gone: the waiting below says so, and asks again when it is back.
    } finally {
      asking = false;
    }
    if (askAgain) ask();
  };

  // --- waiting to be told; a page that nobody sees does not wait, because browsers allow few connections --------------
  let source = null, retry = 0;
  const stop = () => {
    source?.close();
    source = null;
    clearTimeout(retry);
  };
  const wait = () => {
    stop();
    if (document.visibilityState === 'hidden') return;
    source = new EventSource('/_kpigen/events');
    source.onmessage = () => { away(false); ask(); };
    source.onerror = () => {
      away(true);
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(wait, 1000);
    };
  };
  recall();
  wait();
  document.addEventListener('visibilitychange', wait);
  addEventListener('pagehide', stop);
  addEventListener('pageshow', (event) => { if (event.persisted) wait(); });
})();
