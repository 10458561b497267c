import './sparkline.css';

interface SparklineProps {
  /** What the bars show, for screen readers. */
  readonly label: string;
  readonly values: readonly number[];
}

const height = 24;
const step = 4;

/** A small bar chart without axes. The latest value is at the right end. */
export function Sparkline({ label, values }: SparklineProps) {
  const max = Math.max(1, ...values);
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * step} ${height}`}
      width={values.length * step}
      height={height}
    >
      {values.map((value, index) => {
        const size = value === 0 ? 1 : Math.max(2, (value / max) * height);
        return (
          <rect
            key={index}
            class={value === 0 ? 'none' : undefined}
            x={index * step}
            y={height - size}
            width={step - 1}
            height={size}
          />
        );
      })}
    </svg>
  );
}
