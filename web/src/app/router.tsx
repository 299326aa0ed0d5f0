/** Every page there is. Pages are loaded when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { setLanguage } from '../i18n/index.ts';
import { Crashed } from './Crashed.tsx';
import { NotFound } from './NotFound.tsx';
import { openPages } from '../security/pages.ts';
import { scopeOf } from './session.tsx';
import type { AuditSearch, ListSearch } from './search.ts';
import { readAuditSearch, readListSearch } from './search.ts';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crashed });

const open = <Path extends string>(path: Path, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search['next'] === 'string' && /^\/(?!\/)/.test(search['next']) ? { next: search['next'] } : {},
  beforeLoad: async () => {
    const setup = await call('GET /api/v1/setup', {}).catch(() => ({ needed: false }));
    if (setup.needed) throw redirect({ to: '/setup' });
  },
  component: lazyRouteComponent(() => import('../sign-in/SignInPage.tsx')),
});
const setup = open('/setup', () => import('../setup/SetupPage.tsx'));
const emergency = open('/emergency', () => import('../emergency/EmergencyEntryPage.tsx'));
const recover = open('/recover', () => import('../recovery/RecoverPage.tsx'));
const join = open('/join', () => import('../setup/JoinPage.tsx'));
const letters = [
  open('/forgot', () => import('../letters/ForgotPage.tsx')),
  open('/reset', () => import('../letters/ResetPage.tsx')),
  open('/confirm-email', () => import('../letters/ConfirmEmailPage.tsx')),
  open('/cancel-email', () => import('../letters/CancelEmailPage.tsx')),
] as const;

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    try {
      const session = await queryClient.ensureQueryData(sessionQuery);
      await setLanguage(session.language);
    } catch (thrown) {
      if (asProblem(thrown).status !== 401) throw thrown;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
  component: lazyRouteComponent(() => import('./Shell.tsx')),
});

const page = <Path extends string>(path: Path, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load) });

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (scopeOf(session, 'contact.read') !== 'none') throw redirect({ to: '/contacts' });
    if (scopeOf(session, 'audit.read') !== 'none') throw redirect({ to: '/audit-log' });
    throw redirect({ to: '/profile' });
  },
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: '/contacts',
  validateSearch: (search: Record<string, unknown>): ListSearch => readListSearch(search),
  component: lazyRouteComponent(() => import('../contacts/ContactsPage.tsx')),
});
const companies = createRoute({
  getParentRoute: () => inside,
  path: '/companies',
  validateSearch: (search: Record<string, unknown>): ListSearch => readListSearch(search),
  component: lazyRouteComponent(() => import('../companies/CompaniesPage.tsx')),
});
const auditLog = createRoute({
  getParentRoute: () => inside,
  path: '/audit-log',
  validateSearch: (search: Record<string, unknown>): AuditSearch => readAuditSearch(search),
  component: lazyRouteComponent(() => import('../audit-log/AuditLogPage.tsx')),
});

const contactNew = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/new',
  validateSearch: (search: Record<string, unknown>): { companyId?: string } =>
    typeof search['companyId'] === 'string' ? { companyId: search['companyId'] } : {},
  component: lazyRouteComponent(() => import('../contacts/ContactNewPage.tsx')),
});

const security = createRoute({
  getParentRoute: () => inside,
  path: '/security',
  component: lazyRouteComponent(() => import('../security/SecurityFrame.tsx')),
});
const securityHome = createRoute({
  getParentRoute: () => security,
  path: '/',
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    const [first] = openPages((permission) => scopeOf(session, permission) !== 'none');
    if (first !== undefined) throw redirect({ to: first.to, replace: true });
  },
});
const securityPage = <Path extends string>(path: Path, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => security, path, component: lazyRouteComponent(load) });

const tree = root.addChildren([
  signIn,
  setup,
  join,
  recover,
  emergency,
  ...letters,
  inside.addChildren([
    home,
    contacts,
    contactNew,
    page('/contacts/$id', () => import('../contacts/ContactPage.tsx')),
    companies,
    page('/companies/new', () => import('../companies/CompanyNewPage.tsx')),
    page('/companies/$id', () => import('../companies/CompanyPage.tsx')),
    page('/imports', () => import('../imports/ImportsPage.tsx')),
    page('/imports/new', () => import('../imports/ImportNewPage.tsx')),
    page('/imports/$id', () => import('../imports/ImportPage.tsx')),
    page('/people', () => import('../people/PeoplePage.tsx')),
    page('/people/$id/leaving', () => import('../people/leaving/CertificatePage.tsx')),
    page('/people/departments', () => import('../people/departments/DepartmentsPage.tsx')),
    page('/people/recovery', () => import('../recovery/RequestsPage.tsx')),
    page('/people/roles', () => import('../people/roles/RolesPage.tsx')),
    page('/people/invitations', () => import('../people/InvitationsPage.tsx')),
    security.addChildren([
      securityHome,
      securityPage('/devices', () => import('../security/devices/DevicesPage.tsx')),
      securityPage('/elevations', () => import('../security/elevations/ElevationsPage.tsx')),
      securityPage('/coverage', () => import('../security/coverage/CoveragePage.tsx')),
      securityPage('/keys', () => import('../security/keys/KeysPage.tsx')),
      securityPage('/kit', () => import('../security/kit/KitPage.tsx')),
      securityPage('/connection', () => import('../security/connection/ConnectionPage.tsx')),
      securityPage('/exports', () => import('../security/exports/ExportsPage.tsx')),
      securityPage('/witnesses', () => import('../security/witnesses/WitnessesPage.tsx')),
      securityPage('/erasures', () => import('../security/erasures/ErasuresPage.tsx')),
      securityPage('/retention', () => import('../security/retention/RetentionPage.tsx')),
      securityPage('/receivers', () => import('../security/receivers/ReceiversPage.tsx')),
      securityPage('/decoys', () => import('../security/decoys/DecoysPage.tsx')),
      securityPage('/sleeping', () => import('../security/sleeping/SleepingPage.tsx')),
      securityPage('/api-keys', () => import('../security/api-keys/ApiKeysPage.tsx')),
      securityPage('/reviews', () => import('../security/reviews/ReviewsPage.tsx')),
      securityPage('/reviews/mine', () => import('../security/reviews/AnswerPage.tsx')),
      securityPage('/reviews/$id', () => import('../security/reviews/CampaignPage.tsx')),
      securityPage('/reviews/$id/result', () => import('../security/reviews/ResultPage.tsx')),
      securityPage('/sign-in', () => import('../security/sign-in/SignInRulesPage.tsx')),
      securityPage('/emergency', () => import('../security/emergency/EmergencyPage.tsx')),
      securityPage('/sso', () => import('../security/sso/SsoPage.tsx')),
    ]),
    page('/statistics', () => import('../statistics/StatisticsPage.tsx')),
    auditLog,
    page('/audit-log/investigations', () => import('../audit-log/investigations/InvestigationsPage.tsx')),
    page('/audit-log/investigations/$id', () => import('../audit-log/investigations/InvestigationPage.tsx')),
    page('/profile', () => import('../profile/ProfilePage.tsx')),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  scrollRestoration: true,
  scrollToTopSelectors: ['#main'],
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
