import React, { forwardRef, memo, useCallback, useState } from "react";

interface Song {
  id: string;
  title: string;
}

type RowProps = {
  song: Song;
  onPlay: (id: string) => void;
};

const PAGE = 50;

/** One line of the list. */
const Row = memo(function Row({ song, onPlay }: RowProps) {
  return <li onClick={() => onPlay(song.id)}>{song.title}</li>;
});

export const Search = forwardRef<HTMLInputElement, { label: string }>(
  ({ label }, ref) => {
    return <input ref={ref} aria-label={label} />;
  },
);

// Remembers what was played.
function useHistory<T,>(limit: number): [T[], (entry: T) => void] {
  const [entries, setEntries] = useState<T[]>([]);
  const add = useCallback(
    (entry: T) => {
      setEntries((before) => [entry, ...before].slice(0, limit));
    },
    [limit],
  );
  const shown = entries.map((entry) => entry);
  return [shown, add];
}

export const Playlist: React.FC<{ songs: Song[] }> = ({ songs }) => {
  const [history, remember] = useHistory<string>(PAGE);
  const play = async (id: string) => {
    remember(id);
  };
  async function shuffle() {
    await play(songs[Math.floor(Math.random() * songs.length)].id);
  }
  return (
    <section>
      {songs.length === 0 ? <p>There's nothing to play</p> : null}
      <ul>
        {songs.map((song) => (
          <Row key={song.id} song={song} onPlay={play} />
        ))}
      </ul>
      <button onClick={shuffle}>{history.length} played</button>
    </section>
  );
};

export class Boundary extends React.Component<{ children: React.ReactNode }, { failed: boolean }> {
  state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  render() {
    return this.state.failed ? <p>Something broke</p> : this.props.children;
  }
}

export default memo(Playlist);
