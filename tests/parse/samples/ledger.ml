(** A ledger of accounts.

    Amounts are cents. *)

open Printf
module Names = Map.Make (String)

(** Raised when an account has too little. *)
exception Overdrawn of string * int

let currency = "EUR"
let max_entries = 1_000

(** What can happen to an account. *)
type entry =
  | Deposit of int  (** money in *)
  | Withdrawal of { amount : int; reason : string }
[@@deriving show]

type 'a account = {
  owner : string;
  mutable balance : int;
  tags : 'a list;
}

and book = int account Names.t

type amount = int

(** Where entries are kept. *)
module type STORE = sig
  type t

  val empty : t
  (** Nothing kept yet. *)

  val add : entry -> t -> t
end

module List_store : STORE = struct
  type t = entry list

  let empty = []
  let add entry entries = entry :: entries
end

(** A journal over any store. *)
module Journal (Store : STORE) = struct
  module Stats = struct
    let mean = function
      | [] -> 0
      | amounts -> List.fold_left ( + ) 0 amounts / List.length amounts
  end

  let record ?(note = "") ~entry store =
    if note <> "" then printf "%s\n" note;
    Store.add entry store
end

module Default = Journal (List_store)

external now : unit -> float = "ledger_now"

(* Bigger is better. *)
let ( |+| ) left right = left.balance + right.balance

(** Whether a number of entries is even,
    asked the long way round. *)
let rec is_even count = count = 0 || is_odd (count - 1)

and is_odd = function
  | 0 -> false
  | count -> is_even (count - 1)

let apply : type a. a account -> entry -> (a account, string) result =
 fun account entry ->
  match entry with
  | Deposit amount -> Ok { account with balance = account.balance + amount }
  | Withdrawal { amount; reason } when amount > account.balance -> Error reason
  | Withdrawal { amount; _ } -> Ok { account with balance = account.balance - amount }

let total (accounts : _ account list) : int =
  let rec loop sum = function
    | [] -> sum
    | account :: rest -> loop (sum + account.balance) rest
  in
  let count = List.length accounts in
  if count = 0 then 0 else loop 0 accounts

let[@inline] double amount = amount * 2

let half = fun amount -> amount / 2

let ( let* ) = Result.bind

let is_rich account = account.balance > 1_000_000
[@@deprecated "ask the owner"]

(** Prints an account to a channel. *)
class virtual printer (channel : out_channel) =
  let prefix text = "> " ^ text in
  object (self)
    val mutable lines = 0

    (** One line for an account. *)
    method print (account : int account) =
      lines <- lines + 1;
      output_string channel (self#line account)

    method private line account = prefix account.owner
    method virtual close : unit -> unit
  end

class type closable = object
  method close : unit -> unit
end

let () =
  let show account = printf "%s: %d %s\n" account.owner account.balance currency in
  List.iter show []
