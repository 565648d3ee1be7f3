export {
  type BillingPeriod,
  BillingPeriodError,
  type PeriodRange,
  parseBillingPeriod,
  periodDates,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
