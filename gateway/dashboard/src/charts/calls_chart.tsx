// Calls a day and calls a tool, drawn.
import '@mantine/charts/styles.css';

import { BarChart } from '@mantine/charts';

export interface Bar {
  label: string;
  ok: number;
  errors: number;
}

const SERIES = [
  { name: 'ok', label: 'ok', color: 'cyan.7' },
  { name: 'errors', label: 'errors', color: 'red.7' },
];

// Nobody makes half a call.
const WHOLE = { allowDecimals: false };

export default function CallsChart({ bars, horizontal = false, onlyErrors = false }: {
  bars: Bar[];
  horizontal?: boolean;
  onlyErrors?: boolean;
}) {
  return (
    <BarChart h={horizontal ? Math.max(160, bars.length * 36 + 60) : 280} data={bars} dataKey="label" type="stacked"
      series={onlyErrors ? SERIES.slice(1) : SERIES} withLegend={!onlyErrors} orientation={horizontal ? 'vertical' : 'horizontal'}
      {...(horizontal ? { yAxisProps: { width: 200 }, xAxisProps: WHOLE, gridAxis: 'x' as const } : { yAxisProps: WHOLE })}
      barProps={{ isAnimationActive: false }} />
  );
}
