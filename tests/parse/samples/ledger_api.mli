(** The ledger, as others see it. *)

type entry
(** One line of a ledger. *)

(** What became of a transfer. *)
type outcome =
  | Done of int
  | Refused of string

exception Overdrawn of string

(** Where entries are kept. *)
module type STORE = sig
  type t

  val add : entry -> t -> t
end

module Journal (Store : STORE) : sig
  val record : ?note:string -> entry -> Store.t -> Store.t
  (** Keeps one entry. *)
end

(** Moves money; the result tells what became of it. *)
val transfer : from:string -> into:string -> int -> outcome

val ( |+| ) : outcome -> outcome -> int
(** The sum of two outcomes. *)

external now : unit -> float = "ledger_now"
