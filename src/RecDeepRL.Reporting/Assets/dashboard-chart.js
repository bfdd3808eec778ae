// Draws curves with ECharts. Names never reach it: they stand in the legend, which the page builds as text.
'use strict';

window.recdeeprl.CurveChart = class CurveChart {
  // pointed: is called with the iteration under the pointer, or null when it leaves.
  constructor(element, pointed) {
    this.theme = window.recdeeprl.theme;
    this.curves = [];
    this.bounds = [];
    this.chart = window.echarts.init(element, null, { renderer: 'canvas' });
    this.chart.on('updateAxisPointer', event => {
      const value = event.axesInfo && event.axesInfo.length > 0 ? event.axesInfo[0].value : null;
      pointed(typeof value === 'number' ? value : null);
    });
    this.chart.on('globalout', () => pointed(null));
    new ResizeObserver(() => this.chart.resize()).observe(element);
    this.theme.onChange(() => this.draw());
  }

  // curves: { slot, hidden, x, y }; bounds: { name, value }, drawn across the whole width.
  show(curves, bounds) {
    this.curves = curves;
    this.bounds = bounds;
    this.draw();
  }

  draw() {
    const look = this.theme.chart();
    const shown = this.curves.filter(curve => !curve.hidden && curve.x.length > 0);
    const [first, last] = this.extent(shown);
    const narrow = this.chart.getWidth() < 480;
    const series = shown.map(curve => {
      const { color, dash } = this.theme.curve(curve.slot);
      const data = curve.x.map((x, index) => [x, curve.y[index]]);
      const few = data.length <= 40;
      return {
        id: `curve-${curve.slot}`, type: 'line', data, connectNulls: false, showSymbol: few, symbol: 'circle', symbolSize: few ? 5 : 0,
        lineStyle: { color, width: data.length > 400 && shown.length > 4 ? 1.25 : 1.75, type: dash }, itemStyle: { color }, emphasis: { disabled: true }, z: 3,
      };
    });
    const bounds = shown.length === 0 ? [] : this.bounds.map(bound => ({
      id: `bound-${bound.name}`, type: 'line', data: [[first, bound.value], [last, bound.value]], symbol: 'none', silent: true, z: 4,
      lineStyle: { color: look.quiet, width: 1, type: [4, 4] }, emphasis: { disabled: true }, labelLayout: { moveOverlap: 'shiftY' },
      endLabel: { show: true, formatter: () => bound.name, color: look.quiet, fontSize: 11, lineHeight: 13, textBorderColor: look.surface, textBorderWidth: 3, offset: narrow ? [-58, -9] : [0, 0] },
    }));
    this.chart.setOption({
      ...look.option,
      grid: { left: 8, right: bounds.length > 0 && !narrow ? 74 : 14, top: 16, bottom: 30, containLabel: true },
      xAxis: {
        type: 'value', min: first, max: last, minInterval: 1, ...look.axis, splitLine: { show: false },
        axisLabel: { ...look.axis.axisLabel, hideOverlap: true, alignMaxLabel: 'right' },
        name: 'iteration', nameLocation: 'middle', nameGap: 26,
        axisPointer: {
          show: true, snap: false, triggerTooltip: false, lineStyle: { color: look.accent, width: 1 },
          label: { show: true, backgroundColor: look.text, color: look.surface, formatter: point => String(Math.round(point.value)) },
        },
      },
      yAxis: { type: 'value', scale: true, ...look.axis, axisLine: { show: false } },
      series: [...bounds, ...series],
    }, { notMerge: true });
  }

  extent(curves) {
    const starts = curves.map(curve => curve.x[0]);
    const ends = curves.map(curve => curve.x[curve.x.length - 1]);
    const [first, last] = [Math.min(...starts), Math.max(...ends)];
    return curves.length === 0 ? [0, 1] : first === last ? [first - 1, last + 1] : [first, last];
  }
};
