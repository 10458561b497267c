/**
 * Lets a finger drag in an element that listens to the mouse only, as uPlot does. A vertical move still scrolls, if the style of the element has
 * `touch-action: pan-y`. Returns a function that ends it.
 */
export function dragByTouch(element: HTMLElement): () => void {
  let start: PointerEvent | undefined;
  const send = (type: string, { clientX, clientY }: PointerEvent): void => {
    // uPlot ignores moves by no distance, which some browsers report.
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
    // The browser took the finger to scroll: nothing was dragged.
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
