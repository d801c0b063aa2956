// What to offer next, and to how many.
import { Trans, useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconShoppingBagPlus } from '@tabler/icons-react';
import { figureFile, type NextOffersFigure } from '@/api/insight';
import { formatInteger, formatNumber } from '@/locale/format';
import { Card, Downloads } from '@/ui/chart/Figure';
import { Bar, barClasses } from '@/ui/Bar';
import { EmptyState } from '@/ui/EmptyState';
import { OpenLink } from '@/ui/OpenLink';
import table from '@/ui/table.module.css';
import { useFilters } from './filters';
import { Shown, useFigure } from './Shown';

export default function NextOffers() {
  const { t } = useLingui();
  const { filters } = useFilters();
  const figure = useFigure<NextOffersFigure>('next_offers');
  return (
    <Shown figure={figure} nothing={<NoOffers />} empty={(data) => data.products.length === 0}>
      {(data) => {
        const most = Math.max(...data.products.map((one) => one.count), 1);
        return (
          <Card title={<Trans>Next best offers</Trans>} tools={<Downloads file="next-offers" csv={figureFile('next_offers', filters)} />}
            help={<Trans>For how many customers a product is the first to offer. Lift is how much likelier they are to want it than anyone: 2 is twice as likely.</Trans>}>
            <div className={table.box} tabIndex={0} role="group" aria-label={t`Next best offers`}>
              <table className={table.table}>
                <thead>
                  <tr><th scope="col"><Trans>Product</Trans></th><th scope="col" data-end><Trans>Customers</Trans></th>
                    <th scope="col"><VisuallyHidden><Trans>Customers as a bar</Trans></VisuallyHidden></th><th scope="col" data-end><Trans>Mean lift</Trans></th></tr>
                </thead>
                <tbody>
                  {data.products.map((one) => (
                    <tr key={one.product}>
                      <th scope="row"><Link to="/$plural/$id" params={{ plural: 'products', id: one.product }} title={one.title}><bdi>{one.title}</bdi></Link></th>
                      <td data-end><OpenLink open={one.open} name={t`To be offered ${one.title}`}>{formatInteger(one.count)}</OpenLink></td>
                      <td className={barClasses.cell}><Bar share={one.count / most} /></td>
                      <td data-end>{one.mean_lift === null ? '–' : formatNumber(one.mean_lift, 2, true)}</td>
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

function NoOffers() {
  return (
    <EmptyState icon={<IconShoppingBagPlus size={20} stroke={1.6} />} title={<Trans>No offers to make yet</Trans>}>
      <Trans>An offer is found where customers who buy one thing often buy another. That takes enough orders with more than one product among them.</Trans>
    </EmptyState>
  );
}
