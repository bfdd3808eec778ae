// Builds the page of a report from its data. Everything in the data is text: it is never made into markup.
'use strict';

(() => {
  const { theme, charts } = window.recdeeprl;
  const report = JSON.parse(document.getElementById('report').textContent);
  const mostRows = 1000;
  const firstCurves = 12;
  const figures = [];

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === 'class') made.className = value;
      else if (key === 'text') made.textContent = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter(child => child !== null));
    return made;
  }

  // ---- Tables

  function compare(one, other, descending) {
    const missing = value => value === null || value === '';
    if (missing(one) || missing(other))
      return missing(one) - missing(other);
    const order = typeof one === 'number' ? one - other : one.localeCompare(other, 'en', { numeric: true });
    return descending ? -order : order;
  }

  function table({ caption, columns, rows }, isSortable) {
    const scroll = element('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': caption });
    const head = element('tr');
    const body = element('tbody');
    const lines = rows.map(row => {
      const line = element('tr', { class: row.tone || '' });
      row.cells.forEach((cell, place) => line.append(place === 0
        ? element('th', { scope: 'row', text: cell.text })
        : element('td', { class: columns[place].isNumber ? 'number' : 'text', text: cell.text })));
      return line;
    });
    body.append(...lines);
    columns.forEach((column, place) => {
      const header = element('th', { scope: 'col', class: column.isNumber ? 'number' : '' });
      if (!isSortable || rows.length < 2) {
        header.textContent = column.name;
      } else {
        const button = element('button', { type: 'button', text: column.name });
        button.addEventListener('click', () => {
          const before = header.getAttribute('aria-sort');
          const descending = before === null ? column.isNumber : before === 'ascending';
          head.querySelectorAll('[aria-sort]').forEach(one => one.removeAttribute('aria-sort'));
          header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
          const key = row => row.cells[place].order === undefined ? row.cells[place].text : row.cells[place].order;
          const order = rows.map((row, index) => ({ value: key(row), index })).sort((one, other) => compare(one.value, other.value, descending) || one.index - other.index);
          body.append(...order.map(one => lines[one.index]));
        });
        header.append(button);
      }
      head.append(header);
    });
    scroll.append(element('table', { class: rows.some(row => row.tone) ? 'toned' : '' }, element('caption', {}, element('span', { text: caption })), element('thead', {}, head), body));
    return scroll;
  }

  // ---- Charts

  class Figure {
    constructor(chart) {
      this.chart = chart;
      this.all = false;
      const members = chart.lines || chart.groups || [];
      this.hidden = new Set(members.map((_, index) => index).filter(index => members[index].isShown === false));
      this.place = element('div', { class: 'chart' });
      this.buttons = [];
      this.element = element('figure', { class: 'card', id: chart.id, 'aria-labelledby': `${chart.id}-title` },
        element('figcaption', {}, element('h3', { id: `${chart.id}-title`, text: chart.title }), element('p', { class: 'description', text: chart.description })),
        element('div', { class: 'chart-scroll' }, this.place), this.legend(members), this.foot());
      figures.push(this);
    }

    legend(members) {
      if (members.length < 2)
        return null;
      const list = element('ul', { class: 'legend', 'aria-label': 'Curves, to be shown and hidden' });
      const rest = element('ul', { class: 'legend', 'aria-label': 'More curves' });
      const many = members.length > firstCurves;
      members.forEach((member, index) => {
        const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
        const button = element('button', { type: 'button', 'aria-pressed': String(!this.hidden.has(index)) }, swatch, element('span', { class: 'name', text: member.name }));
        button.addEventListener('click', () => {
          if (!this.hidden.delete(index))
            this.hidden.add(index);
          button.setAttribute('aria-pressed', String(!this.hidden.has(index)));
          this.draw();
        });
        this.buttons.push({ member, swatch, index });
        (many && this.hidden.has(index) ? rest : list).append(element('li', {}, button));
      });
      if (rest.children.length === 0)
        return list;
      return element('div', {}, list, element('details', { class: 'more-curves' }, element('summary', { text: `${rest.children.length} more, hidden at first` }), rest));
    }

    foot() {
      const foot = element('div', { class: 'figure-foot' });
      const details = element('details', {}, element('summary', { text: 'Data behind the chart' }));
      details.addEventListener('toggle', () => {
        if (!details.open || details.children.length > 1)
          return;
        const data = charts.table(this.chart);
        const rows = data.rows.slice(0, mostRows);
        const numeric = data.columns.map((_, place) => rows.some(row => typeof row[place] === 'number'));
        const left = data.rows.length - rows.length;
        details.append(table({
          caption: `Data of ${this.chart.title}${left > 0 ? `: the first ${rows.length} of ${data.rows.length} rows, the CSV holds all` : ''}`,
          columns: data.columns.map((name, place) => ({ name, isNumber: numeric[place] })),
          rows: rows.map(row => ({ cells: row.map(value => ({ text: value === null ? '' : typeof value === 'number' ? String(Number(value.toPrecision(5))) : value })) })),
        }, false));
      });
      const download = element('button', { type: 'button', class: 'button button-plain', text: 'Download CSV', 'aria-label': `Download the data of ${this.chart.title} as CSV` });
      download.addEventListener('click', () => save(`${this.chart.id}.csv`, charts.csv(charts.table(this.chart))));
      const buttons = element('div', { class: 'figure-buttons' });
      const left = charts.leftOut(this.chart);
      if (left > 0) {
        const more = element('button', { type: 'button', class: 'button button-plain', 'aria-pressed': 'false', text: `Show ${left} more` });
        more.addEventListener('click', () => {
          this.all = !this.all;
          more.setAttribute('aria-pressed', String(this.all));
          more.textContent = this.all ? 'Show fewer' : `Show ${left} more`;
          this.draw();
        });
        buttons.append(more);
      }
      buttons.append(download);
      foot.append(details, buttons);
      return foot;
    }

    // paper: its width; none for that of the page.
    size(paper) {
      const width = paper || Math.max(280, this.element.clientWidth - 2 * parseFloat(getComputedStyle(this.element).paddingLeft));
      return { width, height: charts.height(this.chart, this.all, width) };
    }

    draw(width) {
      const { width: wanted, height } = this.size(width);
      if (!this.drawn) {
        this.place.style.height = `${height}px`;
        this.drawn = window.echarts.init(this.place, null, { renderer: 'svg', width: wanted, height });
      }
      this.place.style.height = `${height}px`;
      this.drawn.resize({ width: wanted, height });
      this.drawn.setOption(charts.option(this.chart, this.hidden, this.all, wanted), { notMerge: true });
      // On paper a chart is scaled to whatever width there is.
      const drawing = this.place.querySelector('svg');
      if (width) drawing.setAttribute('viewBox', `0 0 ${wanted} ${height}`);
      else drawing.removeAttribute('viewBox');
      for (const { member, swatch, index } of this.buttons) {
        const look = this.chart.kind === 'lines' ? charts.curve(member) : theme.curve(index);
        swatch.className = `swatch ${this.chart.kind === 'points' ? 'round' : look.dash === 'solid' ? '' : look.dash[0] > 4 ? 'dashed' : 'dotted'}`;
        swatch.style.setProperty(this.chart.kind === 'points' ? 'background-color' : 'border-color', look.color);
      }
    }
  }

  function save(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    const link = element('a', { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  // ---- The page

  function block(one) {
    switch (one.kind) {
      case 'text': return element('p', { text: one.text });
      case 'code': return element('div', { class: 'code' }, element('h3', { text: one.title }), element('pre', { tabindex: '0' }, element('code', { text: one.text })));
      case 'table': return element('div', { class: 'card table-card' }, table(one, true));
      case 'fold': return element('details', { class: 'fold' }, element('summary', { text: one.title }), element('div', { class: 'fold-content' }, ...one.blocks.map(block)));
      default: return new Figure(one).element;
    }
  }

  function build() {
    const content = document.getElementById('content');
    const answer = element('div', { class: 'answer', id: 'answer', tabindex: '-1' },
      element('h1', { text: report.title }), element('p', { class: 'headline', text: report.headline }),
      element('ul', {}, ...report.answer.map(line => element('li', { text: line }))),
      ...report.remarks.map(line => element('p', { class: 'remark' }, element('strong', { text: 'Note: ' }), line)));
    content.append(answer, ...report.sections.map(section => element('section', { id: section.id, 'aria-labelledby': `${section.id}-title` }, element('h2', { id: `${section.id}-title`, text: section.title }), ...section.blocks.map(block))));
    const links = [['answer', 'Answer'], ...report.sections.map(section => [section.id, section.title])];
    document.getElementById('contents').append(element('ol', {}, ...links.map(([id, title]) => element('li', {}, element('a', { href: `#${id}`, text: title })))));
  }

  build();
  theme.bind(document.getElementById('theme'));

  // A chart is drawn when it comes near the window; a report of many agents has more of them than anybody looks at.
  const isVisible = figure => figure.element.offsetParent !== null;
  const nearby = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry => {
    const figure = figures.find(one => one.element === entry.target);
    if (!figure.drawn)
      figure.draw();
  }), { rootMargin: '800px' });

  // Those still to be drawn have their place already: nothing moves under a reader's hand when they are.
  const reserve = () => figures.filter(figure => !figure.drawn && isVisible(figure)).map(figure => ({ figure, height: figure.size().height }))
    .forEach(({ figure, height }) => { figure.place.style.height = `${height}px`; });
  reserve();
  figures.forEach(figure => nearby.observe(figure.element));

  const redraw = () => {
    reserve();
    figures.filter(figure => figure.drawn && isVisible(figure)).forEach(figure => figure.draw());
  };
  theme.onChange(redraw);
  let waiting = 0;
  window.addEventListener('resize', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(redraw); });
  document.querySelectorAll('details.fold').forEach(fold => fold.addEventListener('toggle', redraw));

  // Paper is white and as wide as paper.
  let before = null;
  window.addEventListener('beforeprint', () => {
    before = { theme: document.documentElement.dataset.theme };
    document.documentElement.dataset.theme = 'light';
    figures.filter(isVisible).forEach(figure => figure.draw(660));
  });
  window.addEventListener('afterprint', () => {
    if (before === null)
      return;
    if (before.theme) document.documentElement.dataset.theme = before.theme;
    else delete document.documentElement.dataset.theme;
    before = null;
    redraw();
  });

  // The contents show where the reader is.
  const marks = [...document.querySelectorAll('#contents a')];
  const seen = new IntersectionObserver(() => {
    const tops = marks.map(link => ({ link, top: document.getElementById(link.getAttribute('href').slice(1)).getBoundingClientRect().top }));
    const current = tops.filter(one => one.top < window.innerHeight / 3).at(-1) || tops[0];
    marks.forEach(link => link === current.link ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));
  }, { threshold: [0, 0.01, 0.1, 0.25, 0.5, 0.75, 1], rootMargin: '-33% 0px -33% 0px' });
  document.querySelectorAll('#answer, main > section').forEach(section => seen.observe(section));
})();
