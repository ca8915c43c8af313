import { memo } from "react";

const Dot = ({ color }) => <i style={{ color }}>it's a dot</i>;

/** A badge with a number on it. */
export default function ({ count, onOpen }) {
  const open = () => onOpen(count);
  return (
    <button onClick={open} onBlur={() => onOpen(0)}>
      <Dot color="red" /> {count > 99 ? "many" : count}
    </button>
  );
}
