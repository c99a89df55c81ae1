package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.record.RunRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Data, software and machine of a comparison's runs, as their records say. */
public final class RecordedTask {

  private RecordedTask() {}

  /**
   * The entries by name.
   *
   * @param data names, sizes and hashes of the images, for runs whose records lack them
   */
  public static Map<String, String> of(ComparisonResult result, Map<String, String> data) {
    Map<String, String> task = new LinkedHashMap<>();
    for (String part : List.of("train", "train_sha256", "test", "test_sha256")) {
      String otherwise = data.getOrDefault(part, "not recorded");
      task.put(part, all(result, record -> record.data().getOrDefault(part, otherwise)));
    }
    task.put(
        "seeds", result.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    task.put("threads", threads(result));
    task.put("TensorFlow", all(result, record -> record.environment().tensorFlow()));
    task.put(
        "TensorFlow-Java", all(result, record -> record.environment().versions().tensorFlowJava()));
    task.put("tf-kfac", all(result, record -> record.environment().versions().tfKfac()));
    task.put("Java", all(result, record -> record.environment().machine().java()));
    task.put("system", all(result, record -> record.environment().machine().os()));
    task.put(
        "cores", all(result, record -> Integer.toString(record.environment().machine().cores())));
    task.put("oneDNN", all(result, record -> record.environment().machine().oneDnn()));
    task.put("begun", all(result, RunRecord::started));
    return task;
  }

  private static String threads(ComparisonResult result) {
    String threads =
        result.optionValues("threads").stream()
            .map(value -> value.equals("0") ? "one per core" : value)
            .collect(Collectors.joining(", "));
    return threads.isEmpty() ? "one per core" : threads;
  }

  /** A part of the runs' records; several values show that the runs are not alike. */
  private static String all(ComparisonResult result, Function<RunRecord, String> part) {
    TreeSet<String> values = new TreeSet<>();
    result.runs().forEach(run -> values.add(part.apply(run.record())));
    return values.size() <= 2 ? String.join("; ", values) : values.first() + " to " + values.last();
  }
}
