/** Where in a wizard one is. */
import classes from './steps.module.css';

/** `steps` in words, in their order; `at`: the one that is being done. */
export function Steps({ label, steps, at }: { label: string; steps: readonly string[]; at: number }) {
  return (
    <ol className={classes['steps']} aria-label={label}>
      {steps.map((step, index) => (
        <li key={step} data-done={index < at || undefined} aria-current={index === at ? 'step' : undefined}>
          {step}
        </li>
      ))}
    </ol>
  );
}
