import type { ClientMonth, ClientQuestion } from '@forbruk/schemas/usage/client-question.ts'
import { readClients } from './read-clients.ts'
import type { AskedMonth } from './spell-page.ts'

const ONE: ClientQuestion = {
  ...{
    search: '',
    standings: [],
    clientId: null,
    sort: 'client',
    isDescending: false,
    after: null,
    rowsMax: 1,
  },
}

/** One client's month. Null: neither the registry nor what was counted has it, or it may not be seen. */
export async function findClient(asked: AskedMonth, clientId: string): Promise<ClientMonth | null> {
  const { clients } = await readClients(asked, { ...ONE, clientId })
  return clients[0] ?? null
}
