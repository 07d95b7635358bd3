// A product or a store that was merged into another one is shown as that one, at its own address.
import { useEffect } from "react";
import { useNavigate, useParams } from "react-router";
import { useFact } from "../live/store.js";
import { tell } from "../say.js";

export function Moved({ view, param, words }) {
  const id = useFact(view, "id");
  const asked = useParams()[param];
  const navigate = useNavigate();
  useEffect(() => {
    if (!id || !asked || id === asked) return;
    tell(words);
    navigate(`/${view}s/${id}`, { replace: true });
  }, [id, asked]);
  return null;
}
