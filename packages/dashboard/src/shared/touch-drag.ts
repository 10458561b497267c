/**
 * Converts touch events to mouse events, so that a finger can drag in an element that listens only to the mouse, such as a uPlot chart. A
 * vertical move still scrolls if the element has the style `touch-action: pan-y`. Returns a function that removes the listeners.
 */
export function dragByTouch(element: HTMLElement): () => void {
  let start: PointerEvent | undefined;
  const send = (type: string, { clientX, clientY }: PointerEvent): void => {
    // uPlot ignores mouse moves whose distance is 0, so this reports a distance of 1.
    const options = { bubbles: true, clientX, clientY, movementX: 1 };
    element.dispatchEvent(new MouseEvent(type, options));
  };
  const begin = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    start = event;
    element.setPointerCapture(event.pointerId);
    send('mouseenter', event);
    send('mousedown', event);
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerId === start?.pointerId) send('mousemove', event);
  };
  const end = (event: PointerEvent): void => {
    if (start === undefined || event.pointerId !== start.pointerId) return;
    // After a `pointercancel`, the browser scrolls. A drag that ends where it started selects nothing.
    const last = event.type === 'pointercancel' ? start : event;
    start = undefined;
    send('mousemove', last);
    send('mouseup', last);
  };
  const listeners = { pointerdown: begin, pointermove: move, pointerup: end, pointercancel: end };
  const controller = new AbortController();
  for (const [type, listener] of Object.entries(listeners) as [keyof typeof listeners, typeof begin][])
    element.addEventListener(type, listener, { signal: controller.signal });
  return () => controller.abort();
}
