Code.require_file("support.exs", __DIR__)

ExUnit.start()

defmodule Shop.QueueTest do
  use ExUnit.Case, async: true

  @moduletag :queue

  setup do
    {:ok, queue: start_supervised!(Shop.Queue)}
  end

  setup %{queue: queue} do
    [order: order("tea", queue)]
  end

  describe "push/2" do
    @tag :slow
    test "keeps an order", %{queue: queue, order: order} do
      assert :ok = Shop.Queue.push(queue, order)
    end

    # The limit is a promise.
    test "refuses an order when full" do
      assert {:error, :full} = Shop.Queue.push(full(), order("tea", nil))
    end
  end

  test "waits for packers"

  defp order(name, _queue), do: %{name: name}
  defp full, do: :full
end
