/**
 * A button whose menu is loaded when somebody is about to open it. The button looks and is called the same before and
 * after, so that the first load carries no menus.
 */
import type { ComponentType, ReactNode } from 'react';
import { lazy, Suspense, useMemo, useState } from 'react';

type ButtonProps = {
  onClick: () => void;
  onPointerEnter: () => void;
  onFocus: () => void;
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
};
type LazyMenuProps<Props extends object> = {
  load: () => Promise<{ default: ComponentType<Props> }>;
  renderButton: (props: ButtonProps) => ReactNode;
} & (object extends Props ? { props?: Props } : { props: Props });

export function LazyMenu<Props extends object>({ load, renderButton, props }: LazyMenuProps<Props>) {
  const [wanted, setWanted] = useState(false);
  const Menu = useMemo(() => lazy(load), [load]) as unknown as ComponentType<object>;
  const preload = () => void load();
  const closed = renderButton({
    onClick: () => setWanted(true),
    onPointerEnter: preload,
    onFocus: preload,
    'aria-haspopup': 'menu',
    'aria-expanded': false,
  });
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <Menu {...props} />
    </Suspense>
  );
}
