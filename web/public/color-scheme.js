// Sets light or dark before the first paint, so that the page does not flash. A file of its own: the CSP allows no inline script.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('lubart.color-scheme');
  } catch {
    kept = null;
  }
  var dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
