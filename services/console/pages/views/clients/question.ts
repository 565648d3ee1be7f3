import type { ClientSort, ClientsQuestion, Standing } from '../../ask/clients.ts'

type Search = {
  readonly search?: string | undefined
  readonly sort?: ClientSort | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly standing?: Standing | undefined
}

/** What the address asks for: the largest share first, unless it says otherwise. */
export function questionOf(month: string, { search, sort, order, standing }: Search): ClientsQuestion {
  return {
    month,
    sort: sort ?? 'share',
    order: order ?? 'desc',
    ...(search === undefined ? {} : { search }),
    ...(standing === undefined ? {} : { standing: [standing] }),
  }
}
