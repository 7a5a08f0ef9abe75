# SUP-067 to SUP-075, which are Elixir's.
defmodule Supervisors2Elixir.Flags do
  use DynamicSupervisor
  def init(flags), do: {:ok, flags}
end

defmodule :supervisors_2_elixir do
  alias :worker, as: Worker

  def platform, do: "Elixir #{System.version()} on Erlang/OTP #{System.otp_release()}"

  def unquote(:"SUP-067")() do
    {scribe, sup} = begin_item()
    empty = [DynamicSupervisor.which_children(sup), DynamicSupervisor.count_children(sup)]
    starts = for _ <- 1..2, do: started(DynamicSupervisor.start_child(sup, spec(:a, scribe)))
    base = %{strategy: :one_for_one, intensity: 3, period: 5, max_children: :infinity, extra_arguments: []}

    start = fn flags ->
      case DynamicSupervisor.start_link(Supervisors2Elixir.Flags, Map.merge(base, flags)) do
        {:ok, _} -> :ok
        {:error, {:supervisor_data, {:invalid_strategy, _}}} -> [:error, :invalid_strategy]
      end
    end

    %{
      empty: empty,
      starts: starts,
      ids: for({id, _, _, _} <- DynamicSupervisor.which_children(sup), do: id),
      counts: DynamicSupervisor.count_children(sup),
      strategies: for(strategy <- [:one_for_one, :one_for_all, :rest_for_one], do: start.(%{strategy: strategy})),
      auto_shutdown: for(auto <- [:never, :any_significant], do: start.(%{auto_shutdown: auto}))
    }
  end

  def unquote(:"SUP-068")() do
    {scribe, sup} = begin_item()
    start = fn function -> started(DynamicSupervisor.start_child(sup, %{id: :a, start: {__MODULE__, :start, [function]}})) end

    %{
      ok: started(DynamicSupervisor.start_child(sup, spec(:a, scribe))),
      info: start.(fn -> {:ok, spawn_link(fn -> Process.sleep(:infinity) end), :info} end),
      ignore: started(DynamicSupervisor.start_child(sup, spec(:b, scribe, %{}, %{starts: [:ignore]}))),
      refused: started(DynamicSupervisor.start_child(sup, spec(:c, scribe, %{}, %{starts: [:refuse]}))),
      exception: start.(fn -> raise "raised" end),
      throw: start.(fn -> throw(:thrown) end),
      exit: start.(fn -> exit(:exited) end),
      children: length(DynamicSupervisor.which_children(sup))
    }
  end

  def start(function), do: function.()

  def unquote(:"SUP-069")() do
    {scribe, sup} = begin_item(max_children: 2, max_restarts: 1_000_000, max_seconds: 1)
    {:ok, a} = DynamicSupervisor.start_child(sup, spec(:a, scribe, %{}, %{starts: [:ok, :refuse]}))
    {:ok, b} = DynamicSupervisor.start_child(sup, spec(:b, scribe))
    full = DynamicSupervisor.start_child(sup, spec(:c, scribe))
    fail_to_restart(scribe, :a)
    restarting = DynamicSupervisor.start_child(sup, spec(:c, scribe))
    counts = DynamicSupervisor.count_children(sup)
    :ok = DynamicSupervisor.terminate_child(sup, a)
    again = started(DynamicSupervisor.start_child(sup, spec(:c, scribe)))
    full_again = DynamicSupervisor.start_child(sup, spec(:d, scribe))
    :ok = DynamicSupervisor.terminate_child(sup, b)
    {_, none} = begin_item(max_children: 0)

    %{
      full: [full, full_again],
      restarting: restarting,
      counts: counts,
      again: again,
      begun: for(id <- [:c, :d], do: Worker.begun(scribe, id)),
      none: DynamicSupervisor.start_child(none, spec(:a, scribe))
    }
  end

  def unquote(:"SUP-070")() do
    {scribe, _} = begin_item()
    {:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one, extra_arguments: [:a, scribe])
    child = fn args -> %{id: :child, start: {:worker, :start_link, args}} end
    {:ok, none} = DynamicSupervisor.start_child(sup, child.([%{}]))
    {:ok, one} = DynamicSupervisor.start_child(sup, child.([%{}, :own]))
    extras = for pid <- [none, one], do: :gen_server.call(pid, :extra)
    Process.exit(one, :boom)
    Worker.entries(scribe, 3)
    again = List.last(Worker.lives(scribe, :a))
    %{extras: extras, id: :gen_server.call(again, :id), again: :gen_server.call(again, :extra)}
  end

  def unquote(:"SUP-071")() do
    {scribe, _} = begin_item()
    right = spec(:a, scribe)

    for {field, wrong} <- [restart: :always, shutdown: -1, start: {:no, :list}] do
      {:error, {word, _}} = DynamicSupervisor.start_child(:nobody_of_this_name, Map.put(right, field, wrong))
      word
    end ++
      [
        elem(elem(DynamicSupervisor.start_child(:nobody_of_this_name, %{}), 1), 0),
        try do
          DynamicSupervisor.start_child(:nobody_of_this_name, right)
        catch
          :exit, {:noproc, _} -> :noproc
        end
      ]
  end

  def unquote(:"SUP-072")() do
    {scribe, sup} = begin_item(max_restarts: 1_000_000, max_seconds: 1)
    {:ok, a} = DynamicSupervisor.start_child(sup, spec(:a, scribe, %{}, %{traps: true}))
    {:ok, b} = DynamicSupervisor.start_child(sup, spec(:b, scribe, %{shutdown: :brutal_kill}, %{traps: true}))
    {:ok, c} = DynamicSupervisor.start_child(sup, spec(:c, scribe, %{}, %{starts: [:ok, :refuse]}))
    ref = Process.monitor(b)
    alive = DynamicSupervisor.terminate_child(sup, a)
    told = stops(Worker.entries(scribe, 4))
    brutal = DynamicSupervisor.terminate_child(sup, b)
    killed = reason_of(ref)
    dead = DynamicSupervisor.terminate_child(sup, a)
    stranger = DynamicSupervisor.terminate_child(sup, self())
    fail_to_restart(scribe, :c)
    before = for {id, pid, _, _} <- DynamicSupervisor.which_children(sup), do: [id, pid]
    restarting = DynamicSupervisor.terminate_child(sup, c)

    %{
      alive: alive,
      told: told,
      brutal: [brutal, killed],
      dead: dead,
      stranger: stranger,
      before: before,
      restarting: restarting,
      left: DynamicSupervisor.which_children(sup)
    }
  end

  def unquote(:"SUP-073")() do
    {scribe, sup} = begin_item()
    hangs = %{traps: true, terminate: :hang}

    for {id, shutdown, plan} <- [
          {:first, :infinity, hangs},
          {:brutal, :brutal_kill, hangs},
          {:timed, 40, hangs},
          {:polite, 60_000, %{traps: true}},
          {:plain, 60_000, %{}},
          {:last, :infinity, hangs}
        ],
        do: {:ok, _} = DynamicSupervisor.start_child(sup, spec(id, scribe, %{shutdown: shutdown}, plan))

    [first, last | others] = for id <- [:first, :last, :brutal, :timed, :polite, :plain], do: hd(Worker.lives(scribe, id))
    refs = for pid <- others, do: Process.monitor(pid)
    Process.exit(sup, :shutdown)
    ends = for ref <- refs, do: reason_of(ref)
    told = for [id, :terminate, reason] <- told_of(scribe, [:first, :last, :polite]), do: [id, reason]
    alive = for pid <- [first, last], do: Process.alive?(pid)
    for pid <- [first, last], do: Process.exit(pid, :kill)

    %{ends: ends, told: Enum.sort(told), alive: alive, supervisor: exit_of(sup)}
  end

  def unquote(:"SUP-074")() do
    {scribe, sup} = begin_item(max_restarts: 1_000_000, max_seconds: 1)
    {:ok, ignored} = DynamicSupervisor.start_child(sup, spec(:ignored, scribe, %{}, %{starts: [:ok, :ignore]}))
    Process.exit(ignored, :kill)
    until(fn -> Worker.begun(scribe, :ignored) == 2 end)
    dropped = DynamicSupervisor.which_children(sup)
    {:ok, failing} = DynamicSupervisor.start_child(sup, spec(:failing, scribe, %{}, %{starts: [:ok, :refuse]}))
    fail_to_restart(scribe, :failing)
    restarting = for {id, pid, _, _} <- DynamicSupervisor.which_children(sup), do: [id, pid]
    :ok = DynamicSupervisor.terminate_child(sup, failing)
    {_, strict} = begin_item(max_restarts: 3, max_seconds: 60)
    {:ok, hopeless} = DynamicSupervisor.start_child(strict, spec(:hopeless, scribe, %{}, %{starts: [:ok, :crash]}))
    {:ok, other} = DynamicSupervisor.start_child(strict, spec(:other, scribe, %{}, %{traps: true}))
    ref = Process.monitor(other)
    Process.exit(hopeless, :kill)
    reason = exit_of(strict)

    %{
      dropped: dropped,
      restarting: restarting,
      gives_up: [reason, reason_of(ref)],
      begun: Worker.begun(scribe, :hopeless)
    }
  end

  def unquote(:"SUP-075")() do
    {scribe, _} = begin_item()

    child = fn given ->
      [
        child_spec: spec(0, scribe),
        with_arguments: fn [_, scribe, plan], partition -> [partition, scribe, plan, given] end
      ]
    end

    {:ok, _} = PartitionSupervisor.start_link([name: :by_default] ++ child.(:steel))
    {:ok, _} = PartitionSupervisor.start_link([name: :of_four, partitions: 4] ++ child.(:wood))
    ids = fn name -> Enum.sort(for {id, _, _, _} <- PartitionSupervisor.which_children(name), do: id) end
    ask = fn key, what -> :gen_server.call({:via, PartitionSupervisor, {:of_four, key}}, what) end
    terms = ["ann", "bob", true, 1.5, nil, [1, "a"], %{user: "ann", tags: ["x"]}]
    first = for key <- terms, do: ask.(key, :id)
    texts = for n <- 1..200, do: ask.("user-#{n}", :id)
    [zero | _] = Worker.lives(scribe, 0)
    before = for key <- terms, do: ask.(key, :id)
    pid = List.last(Worker.lives(scribe, 0))
    true = zero != nil
    Process.exit(pid, :kill)
    until(fn -> length(Worker.lives(scribe, 0)) == 3 end)
    # The second of the name 0 is that of the four.
    again = for key <- terms, do: ask.(key, :id)

    %{
      by_default: ids.(:by_default) == Enum.to_list(0..(System.schedulers_online() - 1)),
      ids: ids.(:of_four),
      integers: for(key <- [0, 1, 5, -5, -8, 7, -7, 1_208_925_819_614_629_174_706_177], do: ask.(key, :id)),
      arguments: ask.(2, :extra),
      others: first == before and first == again and Enum.all?(first, &(&1 in 0..3)),
      all_used: Enum.sort(Enum.uniq(texts))
    }
  end

  # ---- helpers

  defp begin_item(options \\ []) do
    Process.flag(:trap_exit, true)
    {:ok, sup} = DynamicSupervisor.start_link([strategy: :one_for_one] ++ options)
    {Worker.scribe(), sup}
  end

  defp spec(id, scribe, options \\ %{}, plan \\ %{}), do: Worker.spec(id, scribe, options, plan)

  defp started({:ok, pid}) when is_pid(pid), do: [:ok, pid]
  defp started({:ok, pid, info}) when is_pid(pid), do: [:ok, pid, info]
  defp started({:error, {%{__exception__: true} = error, stack}}) when is_list(stack), do: [:error, [Exception.message(error), :stack]]
  defp started({:error, {reason, stack}}) when is_list(stack), do: [:error, [reason, :stack]]
  defp started(other), do: other

  defp stops(entries), do: for([_, :terminate, _] = entry <- entries, do: entry)

  # What these were told, as soon as all were.
  defp told_of(scribe, ids) do
    told = for [id, _, _] = entry <- stops(Worker.entries(scribe, 0)), id in ids, do: entry
    if length(told) == length(ids), do: told, else: told_of(scribe, ids)
  end

  defp fail_to_restart(scribe, id) do
    Process.exit(List.last(Worker.lives(scribe, id)), :kill)
    until(fn -> Worker.begun(scribe, id) > 2 end)
  end

  defp until(check) do
    unless check.() do
      Process.sleep(1)
      until(check)
    end
  end

  defp reason_of(ref) do
    receive do
      {:DOWN, ^ref, _, _, reason} -> reason
    after
      10_000 -> raise "it is alive"
    end
  end

  defp exit_of(pid) do
    receive do
      {:EXIT, ^pid, reason} -> reason
    after
      10_000 -> raise "it is alive"
    end
  end
end

:record.main(Enum.map([Path.join(__DIR__, "../recorded"), "supervisors_2_elixir"], &String.to_charlist/1))
