// A link that signs in carries the token behind `#`, which browsers keep to themselves: it is in no request line and no log.
"use strict";

const match = /^#token=(.+)$/.exec(location.hash);
if (match) {
  const form = document.getElementById("sign-in");
  form.elements.token.value = decodeURIComponent(match[1]);
  history.replaceState(null, "", location.pathname + location.search);
  form.submit();
}
