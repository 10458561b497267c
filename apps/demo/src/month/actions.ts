import type { Person, Role } from './people.ts';
import type { Random } from './random.ts';

/** What a person does, without the time and the place. */
export interface Action {
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

type MakeAction = (random: Random) => Action;

const pages = ['/', '/products', '/products/lamps', '/products/desks', '/cart', '/account', '/help', '/news'];
const queries = [
  'desk lamp',
  'oak table 140 cm',
  'ergonomic chair',
  'Büroregal weiß',
  'lampe de bureau',
  '机の照明',
  'مصباح مكتب',
  'מנורת שולחן',
  'стол письменный',
  '<b>cheap</b> & good "lamp"',
  'gift 🎁 under 50',
];
const reports = ['revenue', 'customers', 'stock', 'returns', 'churn', 'payouts'];
const files = [
  'invoice.pdf',
  'assembly-guide.pdf',
  'catalogue-2026.pdf',
  'warranty.pdf',
  'Rechnung März.pdf',
];
const orders = { from: 100_000, to: 999_999 };
const order = (random: Random): string => `A-${random.int(orders.from, orders.to)}`;
const euros = (random: Random): number => random.int(990, 89_900) / 100;

/** A long text that someone pasted into a search, because real logs also contain very long values. */
const pastedText = `${'lorem ipsum dolor sit amet, '.repeat(140)}end`;

const viewPage: MakeAction = (random) => ({
  type: 'VIEW_PAGE',
  details: { path: random.pick(pages), loadMs: random.int(80, 900) },
});
const search: MakeAction = (random) => ({
  type: 'SEARCH',
  details: {
    query: random.chance(0.0004) ? pastedText : random.pick(queries),
    results: random.chance(0.1) ? 0 : random.int(1, 480),
  },
});
const exportReport: MakeAction = (random) => ({
  type: 'EXPORT_REPORT',
  details: {
    report: random.pick(reports),
    format: random.pick(['csv', 'xlsx', 'pdf']),
    rows: random.int(40, 9000),
  },
});
const downloadFile: MakeAction = (random) => ({
  type: 'DOWNLOAD_FILE',
  details: { file: random.pick(files), bytes: random.int(20_000, 4_000_000) },
});
const viewCustomer: MakeAction = (random) => ({
  type: 'VIEW_CUSTOMER',
  details: { customer: `C-${random.int(1000, 9999)}` },
});

/** The actions of each role, with their relative frequencies. */
const actionsByRole: Readonly<Record<Role, readonly (readonly [MakeAction, number])[]>> = {
  customer: [
    [viewPage, 55],
    [search, 16],
    [
      (random) => ({
        type: 'ADD_TO_CART',
        details: { sku: `SKU-${random.int(100, 999)}`, quantity: random.int(1, 4) },
      }),
      10,
    ],
    [
      (random) => ({
        type: 'PLACE_ORDER',
        details: {
          order: order(random),
          total: euros(random),
          currency: 'EUR',
          items: Array.from({ length: random.int(1, 3) }, () => ({
            sku: `SKU-${random.int(100, 999)}`,
            quantity: random.int(1, 3),
          })),
        },
      }),
      4,
    ],
    [downloadFile, 5],
    [
      (random) => ({
        type: 'UPDATE_PROFILE',
        details: { fields: [random.pick(['address', 'phone', 'language'])] },
      }),
      1,
    ],
  ],
  analyst: [
    [(random) => ({ type: 'VIEW_DASHBOARD', details: { dashboard: random.pick(reports) } }), 40],
    [
      (random) => ({
        type: 'RUN_QUERY',
        details: { dataset: random.pick(reports), ms: random.int(30, 12_000) },
      }),
      30,
    ],
    [exportReport, 8],
    [search, 10],
  ],
  support: [
    [viewCustomer, 35],
    [(random) => ({ type: 'REPLY_TICKET', details: { ticket: random.int(10_000, 99_999) } }), 30],
    [search, 20],
    [
      (random) => ({
        type: 'REFUND_ORDER',
        details: { order: order(random), total: euros(random), currency: 'EUR' },
      }),
      2,
    ],
  ],
  admin: [
    [viewCustomer, 30],
    [(random) => ({ type: 'VIEW_AUDIT_LOG', details: { days: random.pick([1, 7, 30]) } }), 20],
    [
      (random) => ({
        type: 'CHANGE_ROLE',
        details: { customer: `C-${random.int(1000, 9999)}`, role: random.pick(['analyst', 'support']) },
      }),
      4,
    ],
    [() => ({ type: 'CREATE_API_KEY', details: { scopes: ['read'] } }), 1],
  ],
  service: [
    [
      (random) => ({
        type: 'SYNC_ORDERS',
        details: { orders: random.int(0, 220), ms: random.int(90, 2400) },
      }),
      80,
    ],
    [
      (random) => ({
        type: 'SYNC_STOCK',
        details: { items: random.int(10, 4000), ms: random.int(90, 2400) },
      }),
      20,
    ],
  ],
  bot: [
    [
      (random) => ({
        type: 'RUN_JOB',
        details: { job: random.pick(['prices', 'uptime', 'reports']), ms: random.int(20, 4000) },
      }),
      90,
    ],
    [(random) => ({ type: 'CRAWL_PAGE', details: { path: random.pick(pages), status: 200 } }), 10],
  ],
};

/** Returns a random next action of a person with this role. */
export const pickAction = ({ role }: Pick<Person, 'role'>, random: Random): Action =>
  random.pickWeighted(actionsByRole[role])(random);

/** The types of the errors that users can get. */
export const errorTypes: readonly string[] = ['ERROR_CHECKOUT', 'ERROR_TIMEOUT', 'ERROR_INTERNAL'];

/** Returns a random error, to be logged instead of an action that failed. */
export const makeErrorFor = ({ type }: Action, random: Random): Action => {
  const error = random.pick(errorTypes);
  return {
    type: error,
    details: {
      during: type,
      status: error === 'ERROR_TIMEOUT' ? 504 : 500,
      message:
        error === 'ERROR_CHECKOUT'
          ? "TypeError: can't read 'total' of undefined"
          : 'The service did not answer',
    },
  };
};
