import { useEffect, useState } from 'preact/hooks';

/** Returns true if a media query matches. The component renders again when that changes. */
export function useMedia(query: MediaQueryList): boolean {
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const listen = (event: MediaQueryListEvent): void => setMatches(event.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, [query]);
  return matches;
}
