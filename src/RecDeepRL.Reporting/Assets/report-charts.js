// What a chart of the report looks like, and its data as a table. Names reach ECharts as text only: they are drawn, and its tooltips are drawn too.
'use strict';

window.recdeeprl.charts = (() => {
  const theme = window.recdeeprl.theme;
  const most = { bars: 20, heat: 16 };

  const digits = value => {
    const size = Math.abs(value);
    return size === 0 || (size >= 0.001 && size < 10) ? 4 : size < 1000 ? 2 : 0;
  };
  const number = value => value === null ? '' : value.toFixed(digits(value));
  const percent = value => value === null ? '' : `${(100 * value).toFixed(1)} %`;
  const tick = (value, isShare) => isShare ? `${Math.round(1000 * value) / 10} %` : String(Math.abs(value) >= 10000 ? `${Math.round(value / 100) / 10}k` : value);
  const shorten = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
  const write = chart => chart.isShare ? percent : number;

  // The look of the n-th agent; bounds, whose places are below 0, are grey.
  function curve(line) {
    if (line.slot < 0)
      return { color: theme.color('text-quiet'), dash: ['solid', [7, 4], [2, 3]][(-line.slot - 1) % 3] };
    const look = theme.curve(line.slot);
    return line.isReference ? { color: look.color, dash: [2, 3] } : look;
  }

  function base(chart, look) {
    return {
      ...look.option,
      // The name of the vertical axis lies above it, where it is read without turning the head.
      title: { show: chart.kind === 'lines' || chart.kind === 'points', text: shorten(chart.yName, 60), left: 0, top: 0, textStyle: { color: look.quiet, fontSize: 12, fontWeight: 'normal' } },
      aria: { enabled: true, label: { description: `Chart: ${chart.title}. ${chart.description} The data stands below it as a table.` } },
      tooltip: {
        renderMode: 'richText', confine: true, backgroundColor: look.surface, borderColor: theme.color('border-strong'), borderWidth: 1, padding: [8, 10],
        textStyle: { color: look.text, fontSize: 12, lineHeight: 17 },
      },
    };
  }

  function lines(chart, hidden, width) {
    const look = theme.chart();
    const shown = chart.lines.map((line, index) => ({ line, index })).filter(one => !hidden.has(one.index) && one.line.x.length > 0);
    const all = chart.lines.filter(line => line.x.length > 0);
    const [first, last] = [Math.min(...all.map(line => line.x[0])), Math.max(...all.map(line => line.x[line.x.length - 1]))];
    const narrow = width < 520;
    const series = [];
    for (const { line, index } of shown) {
      const { color, dash } = curve(line);
      const known = line.x.map((_, place) => place).filter(place => line.low.length > 0 && line.low[place] !== null && line.high[place] !== null);
      if (known.length > 1) {
        series.push({
          id: `band-${index}`, type: 'custom', silent: true, z: 2, clip: true, tooltip: { show: false },
          data: known.map(place => [line.x[place], line.low[place], line.high[place]]), encode: { x: 0, y: [1, 2] },
          renderItem: (item, api) => item.dataIndex > 0 ? null : {
            type: 'polygon', silent: true,
            shape: { points: [...known.map(place => api.coord([line.x[place], line.high[place]])), ...known.slice().reverse().map(place => api.coord([line.x[place], line.low[place]]))] },
            style: { fill: color, opacity: 0.14 },
          },
        });
      }
      series.push({
        id: `line-${index}`, name: line.name, type: 'line', data: line.x.map((x, place) => [x, line.y[place]]), symbol: 'circle', showSymbol: line.x.length <= 2, symbolSize: 6, z: 3,
        lineStyle: { color, type: dash, width: 2 }, itemStyle: { color }, emphasis: { disabled: true },
      });
    }
    const marks = chart.marks || [];
    for (const mark of marks) {
      series.push({
        id: `mark-${mark.name}`, type: 'line', silent: true, symbol: 'none', z: 1, data: [[first, mark.value], [last, mark.value]], tooltip: { show: false }, lineStyle: { color: look.quiet, width: 1, type: [4, 4] },
        endLabel: { show: true, formatter: () => mark.name, color: look.quiet, fontSize: 11, offset: narrow ? [-62, -8] : [0, 0] }, labelLayout: { moveOverlap: 'shiftY' }, emphasis: { disabled: true },
      });
    }
    const text = write(chart);
    const options = base(chart, look);
    return {
      ...options,
      tooltip: {
        ...options.tooltip, trigger: 'axis',
        axisPointer: { type: 'line', snap: true, lineStyle: { color: look.accent, width: 1 } },
        formatter: points => {
          const at = points.find(point => point.seriesId.startsWith('line-'));
          if (!at)
            return '';
          const rows = points.filter(point => point.seriesId.startsWith('line-') && point.value[1] !== null).sort((one, other) => other.value[1] - one.value[1]).slice(0, 16).map(point => {
            const line = chart.lines[Number(point.seriesId.slice(5))];
            const place = line.x.indexOf(point.value[0]);
            const half = line.low.length > 0 && line.low[place] !== null ? ` ± ${text((line.high[place] - line.low[place]) / 2)}` : '';
            return `${shorten(line.name, 40)}: ${text(point.value[1])}${half}`;
          });
          return [`${chart.xName} ${tick(at.value[0], chart.id === 'profiles')}`, ...rows].join('\n');
        },
      },
      grid: { left: 6, right: marks.length > 0 && !narrow ? 88 : 18, top: 30, bottom: 28, containLabel: true },
      xAxis: {
        type: 'value', min: first, max: first === last ? first + 1 : last, minInterval: chart.id === 'profiles' ? undefined : 1, ...look.axis, splitLine: { show: false }, name: chart.xName, nameLocation: 'middle', nameGap: 28,
        axisLabel: { ...look.axis.axisLabel, hideOverlap: true, formatter: value => tick(value, chart.id === 'profiles') },
      },
      yAxis: {
        type: 'value', scale: true, ...look.axis, axisLine: { show: false },
        axisLabel: { ...look.axis.axisLabel, formatter: value => tick(value, chart.isShare) },
      },
      series,
    };
  }

  function bars(chart, all, width) {
    const look = theme.chart();
    const shown = all ? chart.bars : chart.bars.slice(0, most.bars);
    const text = write(chart);
    const narrow = width < 520;
    const ends = shown.flatMap(bar => [bar.value, bar.low, bar.high]).concat(chart.marks.map(mark => mark.value)).filter(value => value !== null);
    const options = base(chart, look);
    return {
      ...options,
      tooltip: {
        ...options.tooltip, trigger: 'item',
        formatter: point => {
          const bar = shown[point.dataIndex];
          return `${shorten(bar.name, 60)}\n${text(bar.value)}${bar.low === null ? '' : ` (95 % interval ${text(bar.low)} to ${text(bar.high)})`}`;
        },
      },
      grid: { left: 6, right: 24, top: chart.marks.length > 0 ? 34 : 8, bottom: 30, containLabel: true },
      xAxis: {
        type: 'value', min: Math.min(0, ...ends), max: Math.max(0, ...ends), ...look.axis, axisLine: { show: false }, name: chart.xName, nameLocation: 'middle', nameGap: 28,
        axisLabel: { ...look.axis.axisLabel, hideOverlap: true, formatter: value => tick(value, chart.isShare) },
      },
      yAxis: {
        type: 'category', inverse: true, data: shown.map(bar => bar.name), ...look.axis, splitLine: { show: false },
        axisLabel: { ...look.axis.axisLabel, color: look.text, interval: 0, width: narrow ? 104 : 220, overflow: 'truncate' },
      },
      series: [
        {
          id: 'bars', type: 'bar', barWidth: '62%', emphasis: { disabled: true },
          data: shown.map(bar => ({ value: bar.value, itemStyle: { color: bar.isBound ? look.quiet : theme.color('series-1'), opacity: bar.isBound ? 0.45 : 0.85, borderRadius: [0, 2, 2, 0] } })),
          markLine: {
            silent: true, symbol: 'none', animation: false, lineStyle: { color: look.quiet, width: 1, type: [4, 4] },
            data: chart.marks.map((mark, index) => ({
              xAxis: mark.value, label: { show: true, formatter: () => mark.name, position: 'start', color: look.quiet, fontSize: 11, distance: index % 2 === 0 ? 4 : 17 },
            })),
          },
        },
        {
          id: 'whiskers', type: 'custom', silent: true, z: 4, data: shown.map((bar, index) => [bar.low, bar.high, index]).filter(one => one[0] !== null), encode: { x: [0, 1], y: 2 },
          renderItem: (item, api) => {
            const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])];
            const shape = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: look.text, lineWidth: 1.5 } });
            return { type: 'group', children: [shape(from[0], from[1], to[0], to[1]), shape(from[0], from[1] - 4, from[0], from[1] + 4), shape(to[0], to[1] - 4, to[0], to[1] + 4)] };
          },
        },
      ],
    };
  }

  const ramps = {
    light: { onward: ['#eef3f8', '#a9cbe8', '#4a90cb', '#0a4a86'], apart: ['#b35806', '#f1b26a', '#f4f4f0', '#7fb6dc', '#1f63a5'] },
    dark: { onward: ['#1f272d', '#24517a', '#4b92cc', '#b9deff'], apart: ['#f0a35e', '#855a30', '#262c31', '#345f86', '#78b8ee'] },
  };

  function heat(chart, all, width) {
    const look = theme.chart();
    const ramp = ramps[theme.current()][chart.isDiverging ? 'apart' : 'onward'];
    const isByIteration = chart.xName !== '';
    const rows = all ? chart.rows : chart.rows.slice(0, isByIteration ? 100 : most.heat);
    const columns = all || isByIteration || chart.id !== 'improvement' ? chart.columns : chart.columns.slice(0, most.heat);
    const text = write(chart);
    const cellWidth = (width - 190) / columns.length;
    const labelled = !isByIteration && cellWidth >= 34;
    const data = [];
    rows.forEach((_, row) => columns.forEach((__, column) => {
      const value = chart.values[row][column];
      if (value === null)
        return;
      const share = (value - chart.minimum) / (chart.maximum - chart.minimum);
      const isDark = chart.isDiverging ? Math.abs(share - 0.5) > 0.36 : share > 0.55;
      data.push({ value: [column, row, value], label: { color: isDark === (theme.current() === 'light') ? '#ffffff' : theme.current() === 'light' ? '#1b1f23' : isDark ? '#0c1a26' : '#e7e9ea' } });
    }));
    const longest = Math.min(24, Math.max(...columns.map(name => name.length)));
    const slanted = !isByIteration && longest * 6.5 > cellWidth;
    const options = base(chart, look);
    return {
      ...options,
      tooltip: {
        ...options.tooltip, trigger: 'item',
        formatter: point => `${shorten(rows[point.value[1]], 50)}\n${isByIteration ? `${chart.xName} ` : ''}${shorten(columns[point.value[0]], 50)}\n${text(point.value[2])}`,
      },
      grid: { left: 6, right: slanted ? 30 : 12, top: 8, bottom: isByIteration ? 70 : 50, containLabel: true },
      xAxis: {
        type: 'category', data: columns, ...look.axis, splitLine: { show: false }, name: chart.xName, nameLocation: 'middle', nameGap: 26,
        axisLabel: {
          ...look.axis.axisLabel, ...(isByIteration ? { hideOverlap: true } : { interval: 0, lineHeight: 14, rotate: slanted ? cellWidth < 24 ? 90 : 40 : 0, color: look.text, width: slanted ? cellWidth < 24 ? 96 : 130 : Math.max(40, cellWidth), overflow: slanted ? 'truncate' : 'break' }),
        },
      },
      yAxis: {
        type: 'category', inverse: true, data: rows, ...look.axis, splitLine: { show: false },
        axisLabel: { ...look.axis.axisLabel, color: look.text, interval: 0, width: width < 520 ? 100 : 170, overflow: 'truncate' },
      },
      visualMap: {
        min: chart.minimum, max: chart.maximum, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, itemWidth: 10, itemHeight: 130, inRange: { color: ramp }, hoverLink: false,
        text: [text(chart.maximum), text(chart.minimum)], textStyle: { color: look.quiet, fontSize: 11 }, dimension: 2,
      },
      series: [{
        id: 'cells', type: 'heatmap', data, emphasis: { disabled: true }, itemStyle: { borderColor: look.surface, borderWidth: isByIteration ? 0 : 1 },
        label: { show: labelled, fontSize: 11, formatter: point => chart.isShare ? String(Math.round(100 * point.value[2])) : point.value[2].toFixed(2) },
      }],
    };
  }

  const shapes = ['circle', 'rect', 'triangle', 'diamond'];

  function points(chart, hidden) {
    const look = theme.chart();
    const options = base(chart, look);
    const count = chart.groups.reduce((sum, group) => sum + group.x.length, 0);
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: 'item', formatter: point => `${shorten(chart.groups[Number(point.seriesId.slice(6))].names[point.dataIndex], 60)}\n${point.seriesName}` },
      grid: { left: 6, right: 18, top: 30, bottom: 28, containLabel: true },
      xAxis: { type: 'value', scale: true, ...look.axis, name: chart.xName, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', scale: true, ...look.axis },
      series: chart.groups.map((group, index) => ({ group, index })).filter(one => !hidden.has(one.index)).map(({ group, index }) => ({
        id: `group-${index}`, name: group.name, type: 'scatter', data: group.x.map((x, place) => [x, group.y[place]]), symbol: shapes[index % shapes.length], symbolSize: count > 200 ? 6 : 10,
        itemStyle: { color: theme.curve(index).color, opacity: 0.8 }, emphasis: { disabled: true },
      })),
    };
  }

  // Lines, bars, cells or points as rows: one for each thing that is drawn.
  function table(chart) {
    switch (chart.kind) {
      case 'lines':
        return {
          columns: ['curve', chart.xName, chart.yName, 'low', 'high'],
          rows: [
            ...chart.lines.flatMap(line => line.x.map((x, place) => [line.name, x, line.y[place], line.low.length > 0 ? line.low[place] : null, line.high.length > 0 ? line.high[place] : null])),
            ...chart.marks.map(mark => [mark.name, null, mark.value, null, null]),
          ],
        };
      case 'bars':
        return { columns: ['name', chart.xName, 'low', 'high'], rows: [...chart.bars.map(bar => [bar.name, bar.value, bar.low, bar.high]), ...chart.marks.map(mark => [mark.name, mark.value, null, null])] };
      case 'heat':
        return { columns: ['row', chart.xName || 'column', 'value'], rows: chart.rows.flatMap((name, row) => chart.columns.map((column, place) => [name, column, chart.values[row][place]])) };
      default:
        return { columns: ['group', 'name', chart.xName, chart.yName || 'y'], rows: chart.groups.flatMap(group => group.names.map((name, place) => [group.name, name, group.x[place], group.y[place]])) };
    }
  }

  function csv({ columns, rows }) {
    const field = value => value === null ? '' : typeof value === 'number' ? String(value) : /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    return [columns, ...rows].map(row => row.map(field).join(',')).join('\r\n') + '\r\n';
  }

  // How much of a chart of many bars or rows is left out at first.
  const leftOut = chart => chart.kind === 'bars' ? Math.max(0, chart.bars.length - most.bars) : chart.kind === 'heat' && chart.xName === '' ? Math.max(0, chart.rows.length - most.heat) : 0;

  function height(chart, all, width) {
    switch (chart.kind) {
      case 'bars': return 74 + 26 * (all ? chart.bars.length : Math.min(most.bars, chart.bars.length));
      case 'heat': return 150 + 26 * (all ? chart.rows.length : Math.min(chart.xName === '' ? most.heat : 100, chart.rows.length));
      default: return width < 520 ? 280 : 380;
    }
  }

  const option = (chart, hidden, all, width) =>
    chart.kind === 'lines' ? lines(chart, hidden, width) : chart.kind === 'bars' ? bars(chart, all, width) : chart.kind === 'heat' ? heat(chart, all, width) : points(chart, hidden);

  return { option, height, table, csv, leftOut, curve };
})();
