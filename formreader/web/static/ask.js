// Requests to the server: JSON there and back.

export class Refused extends Error {}    // by the server, in its own words
export class Unanswered extends Error {} // there is no server any more

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
  const text = await answer.text();
  let data = {};
  try { data = JSON.parse(text); } catch { data = { error: text || answer.statusText }; }
  if (!answer.ok) throw new Refused(data.error || answer.statusText);
  return data;
}
