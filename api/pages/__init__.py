"""What the server-rendered pages need beyond their routes: sign-in cookie, refusals, rendering."""
