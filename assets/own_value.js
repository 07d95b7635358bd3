// What somebody types or chooses in a field that a state on the server holds as well. A slow server repeats what it was
// told while the person has gone on: such an echo writes nothing into the field. Any other value is news.
import { useEffect, useRef, useState } from "react";

/** [what the field shows, take(next): shows it, tell(send): sends it unless the server knows it] */
export function useOwnValue(value) {
  const [shown, show] = useState(value ?? "");
  const own = useRef(shown);
  const known = useRef(shown); // what the server has, or was told last
  const echoes = useRef([]); // what it was told and has not repeated yet
  const take = (next) => {
    own.current = next;
    show(next);
  };
  useEffect(() => {
    if (value === undefined || value === null) return;
    const echo = echoes.current.indexOf(value);
    if (echo >= 0) return void echoes.current.splice(0, echo + 1);
    echoes.current = [];
    known.current = value;
    take(value);
  }, [value]);
  const tell = (send) => {
    if (own.current === known.current) return;
    known.current = own.current;
    echoes.current.push(own.current);
    send?.(own.current);
  };
  return [shown, take, tell];
}
