import { signOut } from '@/api/session';
import { forgetRecent } from '@/ui/recent';
import { sayProblem } from '@/ui/toast';

// Signing out leaves nothing behind: the page is loaded anew, with all it knew forgotten.
export function leave(): void {
  signOut()
    .then(() => {
      forgetRecent();
      sessionStorage.clear();
      window.location.assign('/sign-in');
    })
    .catch(sayProblem);
}
