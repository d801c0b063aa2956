// Object files name their icon; this is the set they may choose from. Others fall back to a plain one.
import {
  IconBox, IconBriefcase, IconBuilding, IconCalendar, IconChartBar, IconChartDots, IconCheckbox, IconCircleDot, IconClockDollar, IconCoin, IconCoins, IconFileText,
  IconFingerprint, IconFlag, IconGift, IconHeadset, IconHeart, IconId, IconKey, IconListDetails, IconMail, IconMap,
  IconMessageCircle, IconPackage, IconPhone, IconReceipt, IconShieldCheck, IconShoppingCart, IconSpeakerphone, IconStar,
  IconTag, IconTarget, IconTicket, IconTruck, IconUser, IconUserCog, IconUsers, IconUsersGroup, type TablerIcon,
} from '@tabler/icons-react';

const ICONS: Record<string, TablerIcon> = {
  box: IconBox, briefcase: IconBriefcase, building: IconBuilding, calendar: IconCalendar, 'chart-bar': IconChartBar,
  'chart-dots': IconChartDots, 'clock-dollar': IconClockDollar, coins: IconCoins,
  checkbox: IconCheckbox, coin: IconCoin, 'file-text': IconFileText, fingerprint: IconFingerprint, flag: IconFlag,
  gift: IconGift, headset: IconHeadset, heart: IconHeart, id: IconId, key: IconKey, 'list-details': IconListDetails,
  mail: IconMail, map: IconMap, 'message-circle': IconMessageCircle, package: IconPackage, phone: IconPhone,
  receipt: IconReceipt, 'shield-check': IconShieldCheck, 'shopping-cart': IconShoppingCart,
  speakerphone: IconSpeakerphone, star: IconStar, tag: IconTag, target: IconTarget, ticket: IconTicket, truck: IconTruck,
  user: IconUser, 'user-cog': IconUserCog, users: IconUsers, 'users-group': IconUsersGroup,
};

export function ObjectIcon({ name, size = 16 }: { name?: string | undefined; size?: number }) {
  const Icon = ICONS[name ?? ''] ?? IconCircleDot;
  return <Icon size={size} stroke={1.6} aria-hidden />;
}
