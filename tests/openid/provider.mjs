// A provider of OpenID Connect: node provider.mjs '{"port": …, "clients": […], "people": {…}}'
// Whoever gives a login is let in; "people" says what is claimed of them.
import Provider from "oidc-provider";

const { port, clients, people } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  claims: {
    openid: ["sub"],
    profile: ["preferred_username", "name", "groups"],
    email: ["email", "email_verified"],
  },
  cookies: { keys: ["only for tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, ...people[id] }),
  }),
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
