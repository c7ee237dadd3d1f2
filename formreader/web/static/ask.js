// Requests to the server: JSON there and back.
//
// The program that made this page may have ended. One that is started again for the same is at the same address, and
// answers once this browser has opened its page; it knows the address of no other page.

export class Refused extends Error {}    // by the server, in its own words
export class Unanswered extends Error {} // not by the server that made this page

export async function ask(path, body) {
  const told = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...told });
  } catch {
    throw new Unanswered("The program does not answer. Has it been ended in the terminal? Start it again.");
  }
  if (answer.status === 403) {
    throw new Unanswered("The program was started again and does not know this page yet: open the address that it gives in "
      + "this browser, and this page goes on.");
  }
  if (answer.status === 404) throw new Unanswered("Another program answers in place of the one that made this page. Start that again.");
  const text = await answer.text();
  let data = {};
  try { data = JSON.parse(text); } catch { data = { error: text || answer.statusText }; }
  if (!answer.ok) throw new Refused(data.error || answer.statusText);
  return data;
}
