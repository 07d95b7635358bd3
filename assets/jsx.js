// In place of Emotion's jsx(), by which Reflex writes each element. Only Reflex's own error page asks for more than React has.
import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (!props?.css) return createElement(type, props, ...children);
  const { css, ...rest } = props;
  return createElement(type, { ...rest, style: css }, ...children);
}
