defmodule Shop.Queue do
  @moduledoc """
  Orders that wait for a packer.
  """

  use GenServer
  import Kernel, except: [length: 1]
  alias Shop.{Item, Order}

  @behaviour Shop.Source
  @limit 100
  @sizes ~w(small large)a

  @typedoc "How an order stands."
  @type status :: :waiting | {:packed, DateTime.t()}
  @opaque t :: %__MODULE__{orders: [Order.t()]}

  @callback pop(t()) :: {Order.t(), t()}

  @enforce_keys [:name]
  defstruct name: nil, orders: [], limit: @limit

  @doc """
  Starts a queue.

  ## Examples

      iex> Shop.Queue.start_link(name: :main)
  """
  @spec start_link(keyword()) :: GenServer.on_start()
  def start_link(options \\ []) do
    GenServer.start_link(__MODULE__, options, name: __MODULE__)
  end

  @impl true
  def init(options) do
    {:ok, struct!(__MODULE__, options)}
  end

  # Packers ask one at a time.
  @impl GenServer
  def handle_call({:push, order}, _from, %{orders: orders, limit: limit} = state)
      when length(orders) < limit do
    {:reply, :ok, %{state | orders: [order | orders]}}
  end

  def handle_call({:push, _order}, _from, state), do: {:reply, {:error, :full}, state}

  def handle_call(:size, _from, state) do
    {:reply, length(state.orders), state}
  end

  @doc false
  def length(orders, default \\ 0)
  def length([], default), do: default
  def length([_ | rest], default), do: 1 + length(rest, default)

  @spec small?(Item.t()) :: boolean()
  defp small?(%Item{size: size}) when size in @sizes, do: size == :small

  def names(orders) do
    shorten = fn name ->
      String.slice(name, 0, 10)
    end

    orders
    |> Enum.filter(&small?(&1.item))
    |> Enum.map(fn order -> shorten.(order.name) end)
    |> Enum.reject(&(&1 =~ ~r/^\s*$/))
  end

  @doc "Joins two queues."
  def left <> right, do: %{left | orders: left.orders ++ right.orders}

  defdelegate pack(order), to: Shop.Packer, as: :run

  @doc guard: true
  defguard is_full(queue) when length(queue.orders) >= queue.limit

  defguardp is_name(term) when is_atom(term) or is_binary(term)

  @doc """
  Runs a block and says how long it took.
  """
  defmacro timed(label, do: block) do
    quote do
      started = System.monotonic_time()
      result = unquote(block)
      IO.puts("#{unquote(label)}: #{System.monotonic_time() - started}")
      result
    end
  end

  for size <- [:small, :large] do
    def unquote(:"#{size}_limit")(), do: unquote(size)
  end

  defmodule Error do
    defexception [:message]

    @impl true
    def message(%{message: message}), do: "queue: " <> message
  end
end

defprotocol Shop.Priced do
  @doc "What it costs, in cents."
  @spec price(t) :: non_neg_integer()
  def price(thing)
end

defimpl Shop.Priced, for: Shop.Item do
  def price(%{cents: cents}), do: cents
end

defimpl Shop.Priced, for: [Integer, Float] do
  def price(number), do: round(number * 100)
end
