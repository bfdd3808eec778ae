// The theme of a page, and how charts take their colours from it. Shared by the dashboard and the report.
'use strict';

window.recdeeprl = window.recdeeprl || {};

window.recdeeprl.theme = (() => {
  const key = 'recdeeprl-theme';
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const stillness = window.matchMedia('(prefers-reduced-motion: reduce)');
  const listeners = [];

  // A page from disk, or a browser told to keep nothing, may have no storage.
  const stored = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = value => { try { localStorage.setItem(key, value); } catch { /* for this page only, then */ } };

  const chosen = stored();
  if (chosen === 'light' || chosen === 'dark')
    document.documentElement.dataset.theme = chosen;

  const current = () => document.documentElement.dataset.theme || (system.matches ? 'dark' : 'light');
  const changed = () => listeners.forEach(listener => listener(current()));
  system.addEventListener('change', changed);

  // A variable may be given for both themes at once; only a property of an element says which it is now.
  let probe = null;
  function color(name) {
    if (!probe) {
      probe = document.createElement('span');
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  function bind(button) {
    const label = () => { button.textContent = current() === 'dark' ? 'Light theme' : 'Dark theme'; };
    button.addEventListener('click', () => {
      const next = current() === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = next;
      store(next);
      changed();
    });
    listeners.push(label);
    label();
  }

  // The colour and dash of the n-th curve, from 0.
  function curve(index) {
    const dashes = ['solid', [7, 4], [2, 3]];
    return { color: color(`series-${index % 8 + 1}`), dash: dashes[Math.floor(index / 8) % dashes.length] };
  }

  // What all charts of the program have in common.
  function chart() {
    const font = getComputedStyle(document.body).fontFamily;
    const quiet = color('text-quiet');
    const axis = {
      axisLine: { lineStyle: { color: color('border-strong') } },
      axisTick: { show: false },
      axisLabel: { color: quiet, fontSize: 12, fontFamily: font },
      splitLine: { lineStyle: { color: color('grid') } },
      nameTextStyle: { color: quiet, fontSize: 12, fontFamily: font },
    };
    return {
      option: { animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: font, color: color('text') }, aria: { enabled: false } },
      axis,
      quiet,
      surface: color('surface'),
      text: color('text'),
      accent: color('accent'),
    };
  }

  return { current, bind, color, curve, chart, onChange: listener => listeners.push(listener), isStill: () => stillness.matches };
})();
