// The dashboard: asks the server for runs and for what is new of their curves, and shows both. Whatever comes from a file is put
// into the page as text, never as markup.
'use strict';

(() => {
  const { theme, CurveChart } = window.recdeeprl;
  const byId = id => document.getElementById(id);
  const interval = 1500;
  const mostSelected = 16;
  const mostTableRows = 60;
  const pointsOfACurve = 1000;

  // The figures of every run; those of agents are added as they come to be known. "bounded": drawn between what the truth allows.
  const figures = [
    { name: 'training.mean_responses', label: 'Responses per user', group: 'While training', bounded: true },
    { name: 'training.mean_expected', label: 'Expected responses per user', group: 'While training', bounded: true },
    { name: 'training.mean_oracle', label: 'Oracle, of the same users', group: 'While training', bounded: true },
    { name: 'training.regret_total', label: 'Regret in all', group: 'While training' },
    { name: 'training.users', label: 'Users in the round', group: 'While training' },
    { name: 'training.seconds', label: 'Seconds of the round', group: 'While training' },
    { name: 'evaluation.mean_expected', label: 'Expected responses per user', group: 'Evaluation of all users', bounded: true },
    { name: 'evaluation.mean_responses', label: 'Responses per user', group: 'Evaluation of all users', bounded: true },
    { name: 'evaluation.gap_closed', label: 'Share of the gap closed', group: 'Evaluation of all users' },
    { name: 'evaluation.regret', label: 'Regret per user', group: 'Evaluation of all users' },
    { name: 'evaluation.precision', label: 'Precision@K', group: 'Evaluation of all users' },
    { name: 'evaluation.rounds', label: 'Rounds of a session', group: 'Evaluation of all users' },
  ];
  const stateNames = { running: 'Running', finished: 'Finished', stopped: 'Stopped', log: 'Log' };

  const state = {
    token: '', folder: '', runs: [], known: false,
    selected: new Map(),   // name → { slot, hidden, x, y, known, bounds, revision }
    figure: figures[0].name, window: 0, search: '', pointed: null, details: null, stopping: new Set(),
  };
  const items = new Map(); // name → the parts of its line in the list
  let chart = null;

  // ---- asking -------------------------------------------------------------------------------------------------------------

  async function ask(path, options) {
    const response = await fetch(path, { cache: 'no-store', ...options });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok)
      throw Object.assign(new Error(answer.error || `The dashboard answered ${response.status}.`), { refused: true });
    return answer;
  }

  async function tick() {
    try {
      if (!document.hidden) {
        await refreshRuns();
        await refreshCurves();
        contact('');
      }
    } catch (fault) {
      if (fault.refused)
        contact(fault.message);
      else
        contact('No contact: is the dashboard still running?');
    }
    setTimeout(tick, interval);
  }

  function contact(text) {
    const running = state.runs.filter(run => run.state === 'running').length;
    const shown = text || (running === 0 ? 'No run is at work' : running === 1 ? '1 run at work' : `${running} runs at work`);
    const element = byId('contact');
    element.classList.toggle('lost', text !== '');
    if (element.textContent !== shown)
      element.textContent = shown;
  }

  async function refreshRuns() {
    if (!state.token) {
      const session = await ask('api/session');
      state.token = session.token;
      state.folder = session.folder;
      byId('folder').textContent = session.folder;
    }
    const before = new Map(state.runs.map(run => [run.name, run.state]));
    state.runs = (await ask('api/runs')).runs;
    for (const run of state.runs) {
      if (state.known && before.get(run.name) === 'running' && run.state !== 'running') {
        state.stopping.delete(run.name);
        announce(`${run.name}: ${stateNames[run.state].toLowerCase()} after ${run.iteration} iterations`);
      }
    }
    if (!state.known) {
      state.known = true;
      selectAtFirst();
    }
    showRuns();
    showComparison();
  }

  // Asks for the runs that changed, of each only what comes after what is known.
  async function refreshCurves() {
    const figure = `${state.figure}/${state.window}`;
    const wanted = [...state.selected].filter(([name, curve]) => {
      const run = state.runs.find(one => one.name === name);
      return curve.figure !== figure || (run && run.revision !== curve.revision);
    });
    if (wanted.length === 0)
      return;
    const query = new URLSearchParams({ figure: state.figure, window: state.window, points: pointsOfACurve });
    const revisions = new Map(state.runs.map(run => [run.name, run.revision]));
    for (const [name, curve] of wanted) {
      query.append('run', name);
      query.append('known', curve.figure === figure && curve.x.length < 3 * pointsOfACurve ? curve.known : '');
    }
    const answer = await ask(`api/curves?${query}`);
    for (const { run, gone, curve, bounds, ownFigures } of answer.curves) {
      const mine = state.selected.get(run);
      if (!mine || `${state.figure}/${state.window}` !== figure)
        continue;
      if (gone) {
        select(run, false);
        continue;
      }
      mine.x = curve.isWhole ? curve.x : mine.x.concat(curve.x);
      mine.y = curve.isWhole ? curve.y : mine.y.concat(curve.y);
      mine.known = curve.known;
      mine.window = curve.window;
      mine.bounds = bounds;
      mine.figure = figure;
      mine.revision = revisions.get(run);
      mine.ownFigures = ownFigures;
    }
    showFigures();
    showChart();
  }

  function announce(text) {
    byId('announcer').textContent = text;
  }

  // ---- choosing -----------------------------------------------------------------------------------------------------------

  function selectAtFirst() {
    const asked = new URLSearchParams(location.hash.slice(1));
    state.figure = asked.get('figure') || state.figure;
    const span = [...byId('window').options].find(option => option.value === asked.get('window'));
    state.window = span ? Number(span.value) : 0;
    byId('window').value = String(state.window);
    const names = asked.getAll('run').filter(name => state.runs.some(run => run.name === name));
    const running = state.runs.filter(run => run.state === 'running').map(run => run.name);
    const first = names.length > 0 ? names : running.length > 0 ? running.slice(0, 4) : state.runs.slice(0, 1).map(run => run.name);
    first.slice(0, mostSelected).forEach(name => select(name, true));
    showFigures();
  }

  function select(name, wanted) {
    if (wanted && !state.selected.has(name)) {
      if (state.selected.size >= mostSelected) {
        announce(`At most ${mostSelected} runs can be shown at once. Take one out first.`);
        return false;
      }
      // A curve keeps its colour as long as it is shown, whatever comes and goes beside it.
      const used = new Set([...state.selected.values()].map(curve => curve.slot));
      let slot = 0;
      while (used.has(slot))
        slot++;
      state.selected.set(name, { slot, hidden: false, x: [], y: [], known: '', bounds: null, figure: '', revision: '', ownFigures: [] });
    } else if (!wanted) {
      state.selected.delete(name);
    }
    remember();
    return true;
  }

  // The address of the page holds what is shown: reloaded or kept as a bookmark, it shows the same.
  function remember() {
    const shown = new URLSearchParams();
    for (const name of state.selected.keys())
      shown.append('run', name);
    shown.append('figure', state.figure);
    if (state.window !== 0)
      shown.append('window', state.window);
    history.replaceState(null, '', `#${shown}`);
  }

  function again() {
    showRuns();
    showComparison();
    showChart();
    refreshCurves().catch(() => { /* the next tick tells */ });
  }

  // ---- runs ---------------------------------------------------------------------------------------------------------------

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className)
      made.className = className;
    if (text !== undefined)
      made.textContent = text;
    return made;
  }

  function itemOf(name) {
    if (items.has(name))
      return items.get(name);
    const line = element('li', 'run');
    const box = element('input');
    box.type = 'checkbox';
    box.id = `run-${items.size}`;
    const label = element('label', 'run-name', name);
    label.htmlFor = box.id;
    const stateText = element('span', 'state');
    const about = element('div', 'run-about');
    about.id = `${box.id}-about`;
    box.setAttribute('aria-describedby', about.id);
    const progress = element('div', 'run-progress');
    const bar = element('progress');
    const count = element('span');
    const details = element('button', 'button button-plain', 'Details');
    const stop = element('button', 'button button-danger', 'Stop…');
    details.type = stop.type = 'button';
    details.setAttribute('aria-label', `Details of ${name}`);
    stop.setAttribute('aria-label', `Stop ${name}…`);
    bar.setAttribute('aria-label', `Progress of ${name}`);
    progress.append(bar, count, details, stop);
    line.append(box, label, stateText, about, progress);
    box.addEventListener('change', () => {
      box.checked = select(name, box.checked) && box.checked;
      again();
    });
    details.addEventListener('click', () => openDetails(name));
    stop.addEventListener('click', () => askToStop(name));
    const item = { line, box, stateText, about, progress, bar, count, stop };
    items.set(name, item);
    return item;
  }

  const setText = (target, text) => { if (target.textContent !== text) target.textContent = text; };
  const digits = (value, count = 4) => value === null || value === undefined ? '–' : value.toFixed(count);

  function figureText(value) {
    if (value === null || value === undefined)
      return '–';
    const size = Math.abs(value);
    return size >= 1e6 || (size > 0 && size < 1e-3) ? value.toExponential(3) : size >= 1000 ? value.toFixed(1) : Number.isInteger(value) ? String(value) : value.toFixed(4);
  }

  function showRuns() {
    const words = state.search.toLowerCase().split(/\s+/).filter(word => word);
    const shown = state.runs.filter(run => {
      const text = `${run.name} ${run.agent} ${run.environment} ${run.state}`.toLowerCase();
      return words.every(word => text.includes(word));
    });
    const list = byId('run-list');
    const names = new Set(shown.map(run => run.name));
    for (const [name, item] of items) {
      if (!names.has(name))
        item.line.remove();
      if (!state.runs.some(run => run.name === name))
        items.delete(name);
    }
    let place = list.firstElementChild;
    for (const run of shown) {
      const item = itemOf(run.name);
      fill(item, run);
      // Moving a line that has the focus would take it away: it stays where it is until the focus leaves.
      if (item.line !== place && !(item.line.isConnected && item.line.contains(document.activeElement)))
        list.insertBefore(item.line, place);
      else if (item.line === place)
        place = place.nextElementSibling;
    }
    setText(byId('runs-count'), shown.length === state.runs.length ? String(state.runs.length) : `${shown.length} of ${state.runs.length}`);
    const none = byId('no-runs');
    none.hidden = shown.length > 0;
    setText(none, state.runs.length === 0 ? 'No run yet. One that “train” begins in this folder appears here.' : 'No run matches the search.');
  }

  function fill(item, run) {
    const stopping = state.stopping.has(run.name) && run.state === 'running';
    item.box.checked = state.selected.has(run.name);
    item.line.classList.toggle('selected', item.box.checked);
    item.stateText.dataset.state = run.state;
    setText(item.stateText, stopping ? 'Stopping' : stateNames[run.state]);
    const seed = run.seed === null ? '' : `, seed ${run.seed}`;
    const running = run.state === 'running';
    const expected = run.expected === null ? '' : ` · expected\u00a0${digits(run.expected)}`;
    const elsewhere = run.state === 'running' && !run.isHere ? `, on ${run.machine}` : '';
    setText(item.about, `${run.agent} in ${run.environment}${seed}${elsewhere}${running ? expected : ''}`);
    const total = run.iterations === null ? run.iteration : Math.max(run.iterations, run.iteration);
    item.bar.hidden = run.iterations === null || run.state === 'finished';
    item.bar.max = Math.max(total, 1);
    item.bar.value = run.iteration;
    setText(item.count, run.iterations === null || run.state === 'finished' ? `${run.iteration} iterations${running ? '' : expected}` : `${run.iteration} / ${total}${running ? '' : expected}`);
    item.stop.hidden = run.state !== 'running';
    item.stop.disabled = stopping;
  }

  function showComparison() {
    const body = byId('compare-rows');
    const rows = state.runs.filter(run => state.selected.has(run.name)).sort((one, other) => (other.expected ?? -Infinity) - (one.expected ?? -Infinity));
    byId('compare-card').hidden = rows.length === 0;
    body.replaceChildren(...rows.map(run => {
      const row = element('tr');
      const name = element('th', '', run.name);
      name.scope = 'row';
      const stateCell = element('td');
      const mark = element('span', 'state', stateNames[run.state]);
      mark.dataset.state = run.state;
      stateCell.append(mark);
      row.append(
        name, stateCell, element('td', 'number', String(run.iteration)), element('td', 'number', digits(run.responses)), element('td', 'number', digits(run.expected)),
        element('td', 'number', digits(run.regret)), element('td', 'number', run.gapClosed === null ? '–' : `${(run.gapClosed * 100).toFixed(1)} %`));
      return row;
    }));
  }

  // ---- curves -------------------------------------------------------------------------------------------------------------

  // A figure that not every run has: what the agent tells of itself, or what a shard of the run does.
  const ownFigure = name => name.startsWith('shards.')
    ? { name, label: `Shard ${name.slice('shards.'.length)}`, group: 'Shards' }
    : { name, label: name.replace(/^\w+\./, ''), group: 'The agent on itself' };

  const figureNow = () => figures.find(figure => figure.name === state.figure) || ownFigure(state.figure);

  function showFigures() {
    const list = byId('figure');
    const known = new Set([...state.selected.values()].flatMap(curve => curve.ownFigures));
    if (!figures.some(figure => figure.name === state.figure))
      known.add(state.figure);
    const all = [...figures, ...[...known].map(ownFigure)];
    const mark = JSON.stringify(all.map(figure => figure.name));
    if (list.dataset.mark !== mark) {
      list.dataset.mark = mark;
      const groups = new Map();
      for (const figure of all) {
        if (!groups.has(figure.group)) {
          const group = element('optgroup');
          group.label = figure.group;
          groups.set(figure.group, group);
        }
        const option = element('option', '', figure.label);
        option.value = figure.name;
        groups.get(figure.group).append(option);
      }
      list.replaceChildren(...groups.values());
    }
    list.value = state.figure;
  }

  // What the truth allows is drawn where it is the same for all runs that are shown.
  function boundsOf(curves) {
    const all = curves.filter(curve => !curve.hidden).map(curve => curve.bounds);
    if (!figureNow().bounded || all.length === 0 || all.some(bounds => !bounds))
      return [];
    const same = key => all.every(bounds => Math.abs(bounds[key] - all[0][key]) <= 1e-9 * Math.max(1, Math.abs(all[0][key])));
    if (!['random', 'bestFixed', 'oracle'].every(same))
      return [];
    const bounds = [{ name: 'oracle', value: all[0].oracle }, { name: 'best fixed', value: all[0].bestFixed }, { name: 'random', value: all[0].random }];
    // Where one list is best for everybody, the first two are one line.
    if (Math.abs(bounds[0].value - bounds[1].value) < 1e-6)
      bounds.splice(0, 2, { name: 'oracle and\nbest fixed', value: all[0].oracle });
    return bounds;
  }

  function showChart() {
    const figure = figureNow();
    const curves = [...state.selected].map(([name, curve]) => ({ name, ...curve }));
    const span = Math.max(1, ...curves.map(curve => curve.window || 1));
    setText(byId('chart-title'), figure.label);
    setText(byId('chart-subtitle'), `${figure.group}${span > 1 ? `, means of ${span} rows` : ''}`);
    const any = curves.some(curve => curve.x.length > 0);
    const empty = byId('chart-empty');
    byId('chart').hidden = !any;
    empty.hidden = any;
    setText(empty, curves.length === 0 ? 'Select runs to see their curves.' : 'The selected runs have no such figure yet.');
    if (any) {
      chart = chart || new CurveChart(byId('chart'), iteration => {
        state.pointed = iteration;
        showValues();
      });
      chart.show(curves, boundsOf(curves));
    }
    setText(byId('chart-summary'), curves.filter(curve => curve.x.length > 0).map(curve => `${curve.name}: ${figureText(curve.y[curve.y.length - 1])} at iteration ${curve.x[curve.x.length - 1]}`).join('; '));
    showLegend(curves);
    showTable();
  }

  function showLegend(curves) {
    const legend = byId('legend');
    const mark = JSON.stringify(curves.map(curve => [curve.name, curve.slot]));
    if (legend.dataset.mark !== mark) {
      legend.dataset.mark = mark;
      legend.replaceChildren(...curves.map(curve => {
        const item = element('li');
        const button = element('button');
        button.type = 'button';
        button.dataset.run = curve.name;
        const swatch = element('span', `swatch ${['', 'dashed', 'dotted'][Math.floor(curve.slot / 8) % 3]}`);
        swatch.style.setProperty('--swatch', `var(--series-${curve.slot % 8 + 1})`);
        button.append(swatch, element('span', 'name', curve.name), element('span', 'value'));
        button.addEventListener('click', () => {
          const mine = state.selected.get(curve.name);
          mine.hidden = !mine.hidden;
          showChart();
        });
        item.append(button);
        return item;
      }));
    }
    for (const button of legend.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(!state.selected.get(button.dataset.run).hidden));
    showValues();
  }

  // The index of the last point at or before an iteration.
  function indexAt(curve, iteration) {
    let [low, high] = [0, curve.x.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (curve.x[middle] <= iteration)
        low = middle + 1;
      else
        high = middle;
    }
    return low - 1;
  }

  const valueAt = (curve, iteration) => iteration === null ? curve.y[curve.y.length - 1] : curve.y[indexAt(curve, iteration)];

  // At the pointer, or the newest where there is none.
  function showValues() {
    for (const button of byId('legend').querySelectorAll('button')) {
      const curve = state.selected.get(button.dataset.run);
      if (curve)
        setText(button.querySelector('.value'), figureText(valueAt(curve, state.pointed === null ? null : Math.round(state.pointed))));
    }
  }

  function showTable() {
    if (!byId('data').open)
      return;
    const curves = [...state.selected].filter(([, curve]) => !curve.hidden && curve.x.length > 0);
    const iterations = [...new Set(curves.flatMap(([, curve]) => curve.x))].sort((one, other) => one - other);
    const step = Math.max(1, Math.ceil(iterations.length / mostTableRows));
    const rows = iterations.filter((_, index) => index % step === 0 || index === iterations.length - 1);
    const caption = element('caption', '', `${figureNow().label} by iteration${step > 1 ? `, ${rows.length} of ${iterations.length} points` : ''}; where a run has no point, its last before`);
    const head = element('tr');
    head.append(...['Iteration', ...curves.map(([name]) => name)].map((text, index) => {
      const cell = element('th', index === 0 ? '' : 'number', text);
      cell.scope = 'col';
      return cell;
    }));
    const body = element('tbody');
    body.append(...rows.map(iteration => {
      const row = element('tr');
      const first = element('th', '', String(iteration));
      first.scope = 'row';
      row.append(first, ...curves.map(([, curve]) => element('td', 'number', figureText(valueAt(curve, iteration)))));
      return row;
    }));
    const headSection = element('thead');
    headSection.append(head);
    byId('data-table').replaceChildren(caption, headSection, body);
  }

  // ---- one run ------------------------------------------------------------------------------------------------------------

  async function openDetails(name) {
    try {
      const details = await ask(`api/details?${new URLSearchParams({ run: name })}`);
      const { run } = details;
      setText(byId('details-title'), run.name);
      setText(byId('details-place'), `${details.path}${details.checkpoints.length > 0 ? `, with ${details.checkpoints.join(' and ')}` : ''}${run.process === null ? '' : `, held by process ${run.process} on ${run.machine}`}`);
      const canGoOn = run.kind === 'train' && run.state !== 'running' && details.checkpoints.length > 0;
      byId('details-command').hidden = byId('details-command-title').hidden = !canGoOn;
      const quoted = /^[\w./-]+$/.test(details.path) ? details.path : `'${details.path.replaceAll("'", "'\\''")}'`;
      setText(byId('details-command'), `dotnet run -- train --resume ${quoted}${run.state === 'finished' ? ` --iterations ${run.iteration * 2}` : ''}`);
      setText(byId('details-configuration'), details.configuration);
      byId('details-log').hidden = byId('details-log-title').hidden = details.log === '';
      setText(byId('details-log'), details.log);
      state.details = name;
      byId('details').hidden = false;
      byId('details').focus({ preventScroll: true });
      byId('details').scrollIntoView({ block: 'nearest', behavior: theme.isStill() ? 'auto' : 'smooth' });
      byId('details-log').scrollTop = byId('details-log').scrollHeight;
    } catch (fault) {
      announce(fault.message);
      contact(fault.message);
    }
  }

  function askToStop(name) {
    state.asked = name;
    setText(byId('stop-title'), `Stop ${name}?`);
    setText(byId('stop-text'), 'It finishes its current iteration, writes a checkpoint and ends, as by Ctrl-C. “train --resume” goes on with it later.');
    byId('stop-dialog').showModal();
  }

  async function stop() {
    const name = state.asked;
    byId('stop-dialog').close();
    state.stopping.add(name);
    showRuns();
    try {
      await ask(`api/stop?${new URLSearchParams({ run: name })}`, { method: 'POST', headers: { 'X-RecDeepRL-Token': state.token } });
      announce(`${name} was asked to stop`);
    } catch (fault) {
      state.stopping.delete(name);
      announce(fault.message);
      contact(fault.message);
      showRuns();
    }
  }

  // ---- beginning ----------------------------------------------------------------------------------------------------------

  theme.bind(byId('theme'));
  byId('search').addEventListener('input', event => { state.search = event.target.value; showRuns(); });
  byId('figure').addEventListener('change', event => { state.figure = event.target.value; remember(); again(); });
  byId('window').addEventListener('change', event => { state.window = Number(event.target.value); remember(); again(); });
  byId('data').addEventListener('toggle', showTable);
  byId('details-close').addEventListener('click', () => { byId('details').hidden = true; items.get(state.details)?.line.querySelector('button').focus(); });
  byId('stop-keep').addEventListener('click', () => byId('stop-dialog').close());
  byId('stop-confirm').addEventListener('click', stop);
  showFigures();
  showChart();
  tick();
})();
