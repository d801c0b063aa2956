// What to offer next, and to how many.
import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { figureFile, type NextOffersFigure } from '@/api/insight';
import { formatInteger, formatNumber } from '@/locale/format';
import { Card, Downloads } from '@/ui/chart/Figure';
import { OpenLink } from '@/ui/OpenLink';
import { useFilters } from './filters';
import { Shown, useFigure } from './Shown';
import classes from './insight.module.css';

export default function NextOffers() {
  const { t } = useLingui();
  const { filters } = useFilters();
  const figure = useFigure<NextOffersFigure>('next_offers');
  return (
    <Shown figure={figure} empty={(data) => data.products.length === 0}>
      {(data) => {
        const most = Math.max(...data.products.map((one) => one.count), 1);
        return (
          <Card title={<Trans>Next best offers</Trans>} tools={<Downloads file="next-offers" csv={figureFile('next_offers', filters)} />}
            help={<Trans>For how many customers a product is the first to offer. Lift is how much likelier they are to want it than anyone: 2 is twice as likely.</Trans>}>
            <div className={classes.tableBox} tabIndex={0} role="region" aria-label={t`Next best offers`}>
              <table className={classes.table}>
                <thead>
                  <tr><th scope="col"><Trans>Product</Trans></th><th scope="col" data-end><Trans>Customers</Trans></th>
                    <th scope="col"><span className={classes.hidden}><Trans>Customers as a bar</Trans></span></th><th scope="col" data-end><Trans>Mean lift</Trans></th></tr>
                </thead>
                <tbody>
                  {data.products.map((one) => (
                    <tr key={one.product}>
                      <th scope="row"><Link to="/$plural/$id" params={{ plural: 'products', id: one.product }}><bdi>{one.title}</bdi></Link></th>
                      <td data-end><OpenLink open={one.open} name={t`To be offered ${one.title}`}>{formatInteger(one.count)}</OpenLink></td>
                      <td className={classes.barCell}><span className={classes.bar} aria-hidden><i style={{ inlineSize: `${(one.count / most) * 100}%` }} /></span></td>
                      <td data-end>{one.mean_lift === null ? '–' : formatNumber(one.mean_lift, 2)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        );
      }}
    </Shown>
  );
}
