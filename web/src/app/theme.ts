/**
 * The look of Lubart: pine green of the Styr valley, brick of the castle, stone for everything quiet. Contrast is kept
 * at WCAG AA: text shades were chosen against both backgrounds.
 */
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

const styr: MantineColorsTuple = [
  '#eef6f3',
  '#d8eae4',
  '#b4d6cb',
  '#8bbfaf',
  '#68a995',
  '#4a9680',
  '#2f806a',
  '#1c6b57',
  '#145645',
  '#0d4335',
];
const brick: MantineColorsTuple = [
  '#fbf0ed',
  '#f6ded7',
  '#edbfb2',
  '#e39d8a',
  '#da8069',
  '#cd664c',
  '#b94e34',
  '#a03e27',
  '#84311e',
  '#672517',
];
const amber: MantineColorsTuple = [
  '#fdf6e6',
  '#f8e8c4',
  '#f0d28b',
  '#e6ba50',
  '#d9a328',
  '#bd8716',
  '#9a6d0f',
  '#7d570b',
  '#64460a',
  '#4c3508',
];
const stone: MantineColorsTuple = [
  '#f8f7f5',
  '#f1efec',
  '#e6e3de',
  '#d8d4cd',
  '#bdb8af',
  '#97928a',
  '#69655e',
  '#55524c',
  '#3a3834',
  '#24231f',
];
const night: MantineColorsTuple = [
  '#e8e6e2',
  '#cac7c1',
  '#aca9a3',
  '#8b8983',
  '#45494b',
  '#373b3d',
  '#26292b',
  '#1b1e20',
  '#141718',
  '#0e1011',
];
const sky: MantineColorsTuple = [
  '#eef4f9',
  '#d9e6f1',
  '#b3cde2',
  '#8bb2d2',
  '#6599c3',
  '#4781b0',
  '#33699a',
  '#265580',
  '#1c4468',
  '#143350',
];

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: 'styr',
  primaryShade: { light: 7, dark: 6 },
  colors: { styr, brick, amber, sky, gray: stone, dark: night, red: brick, yellow: amber, green: styr, blue: sky },
  black: '#24231f',
  fontFamily: sans,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
  headings: { fontFamily: sans, fontWeight: '650' },
  fontSizes: { xs: '0.78rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '9px', lg: '14px', xl: '24px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // The head of a dialog is a <header>; without a role of its own it would count as a second banner of the page.
    Drawer: {
      defaultProps: { attributes: { header: { role: 'presentation' } }, styles: { title: { fontWeight: 650 } } },
    },
    Modal: {
      defaultProps: {
        attributes: { header: { role: 'presentation' } },
        styles: { title: { fontWeight: 650 } },
        centered: true,
        radius: 'md',
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
    Select: { defaultProps: { checkIconPosition: 'right', comboboxProps: { shadow: 'md' } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Menu: { defaultProps: { shadow: 'md' } },
  },
});

/** Values that a palette alone does not give: page, panel, line and quiet text in both schemes. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#66625b',
    '--mantine-color-placeholder': '#706b64',
    '--mantine-color-error': '#a03e27',
    '--lubart-page': '#f8f7f5',
    '--lubart-panel': '#ffffff',
    '--lubart-nav': '#f1efec',
    '--lubart-line': '#e3dfd9',
    '--lubart-hover': '#f3f1ed',
    '--lubart-chosen': '#e4f0ec',
    '--lubart-accent': '#1c6b57',
    '--lubart-refused': '#fbf0ed',
    '--lubart-refused-text': '#84311e',
  },
  dark: {
    '--mantine-color-body': '#1b1e20',
    '--mantine-color-dimmed': '#aca9a3',
    '--mantine-color-placeholder': '#98958f',
    '--mantine-color-error': '#e39d8a',
    '--lubart-page': '#141718',
    '--lubart-panel': '#1b1e20',
    '--lubart-nav': '#101314',
    '--lubart-line': '#303436',
    '--lubart-hover': '#232729',
    '--lubart-chosen': '#1f3a33',
    '--lubart-accent': '#8bbfaf',
    '--lubart-refused': '#33211c',
    '--lubart-refused-text': '#edbfb2',
  },
});

export const colorSchemes = localStorageColorSchemeManager({ key: 'lubart.color-scheme' });

/** The nonce the server put into the page; the CSP lets only styles with it in. */
export function styleNonce(): string {
  const nonce = document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? '';
  return nonce === '__LUBART_NONCE__' ? '' : nonce;
}
