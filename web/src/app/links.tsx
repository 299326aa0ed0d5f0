/** Links of the router that look like the kit’s buttons and anchors. */
import type { AnchorProps, ButtonProps } from '@mantine/core';
import { Anchor, Button } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Native = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps | 'style'> & {
  ref?: Ref<HTMLAnchorElement>;
};
type NativeAnchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps | 'style'> & {
  ref?: Ref<HTMLAnchorElement>;
};

export const ButtonLink = createLink((props: ButtonProps & Native) => <Button component="a" {...props} />);
export const AnchorLink = createLink((props: AnchorProps & NativeAnchor) => <Anchor component="a" {...props} />);
