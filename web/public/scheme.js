// Runs before the first paint, so that the page never flashes in the wrong colours. It is a file of
// its own because the content security policy allows no inline script.
(function () {
  var kept = null;
  try {
    kept = window.localStorage.getItem('rapport-color-scheme');
  } catch (error) {
    // Storage may be switched off; the system's choice then stands.
  }
  var dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  var scheme = kept === 'light' || kept === 'dark' ? kept : dark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
