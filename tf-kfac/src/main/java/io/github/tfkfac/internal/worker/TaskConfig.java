package io.github.tfkfac.internal.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Understands {@code TF_CONFIG}. */
public final class TaskConfig {

  private static final Set<String> KNOWN = Set.of("chief", "master", "worker");
  private static final String EXAMPLE =
      "{\"cluster\":{\"worker\":[\"host1:2222\",\"host2:2222\"]},\"task\":{\"type\":\"worker\",\"index\":0}}";

  private TaskConfig() {}

  /** See {@link Cluster#ofConfig}. */
  public static Cluster cluster(String text) {
    Map<?, ?> config = object(JsonText.parse(text, Cluster.VARIABLE), "an object");
    Map<String, List<String>> tasks = new LinkedHashMap<>();
    object(config.get("cluster"), "an object 'cluster'")
        .forEach((type, addresses) -> tasks.put(known((String) type), addresses(type, addresses)));
    if (tasks.getOrDefault("chief", List.of()).size() > 1) {
      throw unfit("one chief", tasks.get("chief"));
    }
    Map<?, ?> task = object(config.get("task"), "an object 'task'");
    if (!(task.get("type") instanceof String type)) {
      throw unfit("a text 'type' in 'task'", task.get("type"));
    }
    return cluster(tasks, known(type), index(task.get("index")));
  }

  /** Joins the addresses of the chief, if there is one, and the workers. */
  private static Cluster cluster(Map<String, List<String>> tasks, String type, int index) {
    List<String> chief = tasks.getOrDefault("chief", List.of());
    List<String> all = new ArrayList<>(chief);
    all.addAll(tasks.getOrDefault("worker", List.of()));
    List<String> own = tasks.getOrDefault(type, List.of());
    if (index >= own.size()) {
      throw new ClusterException(
          "expected in %s a task of type '%s' with an index below %d, found index %d"
              .formatted(Cluster.VARIABLE, type, own.size(), index));
    }
    return new Cluster(all, type.equals("chief") ? index : chief.size() + index);
  }

  private static String known(String type) {
    if (!KNOWN.contains(type)) {
      throw new ClusterException(
          "expected only tasks of type worker and chief in %s, found '%s'; all workers hold the whole model, so start none of that type"
              .formatted(Cluster.VARIABLE, type));
    }
    return type.equals("master") ? "chief" : type;
  }

  private static List<String> addresses(Object type, @Nullable Object value) {
    List<String> addresses = new ArrayList<>();
    if (!(value instanceof List<?> list)) {
      throw unfit("a list of addresses for '" + type + "'", value);
    }
    for (Object each : list) {
      if (!(each instanceof String address)) {
        throw unfit("addresses as text for '" + type + "'", each);
      }
      addresses.add(address);
    }
    return addresses;
  }

  /** Kubernetes' operators write a number, others a text. */
  private static int index(@Nullable Object value) {
    String digits =
        value instanceof Double number && number == Math.rint(number)
            ? Long.toString(number.longValue())
            : value instanceof String text ? text : "";
    if (!digits.matches("[0-9]{1,9}")) {
      throw unfit("a whole number 'index' in 'task'", value);
    }
    return Integer.parseInt(digits);
  }

  private static Map<?, ?> object(@Nullable Object value, String expected) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw unfit(expected, value);
  }

  private static ClusterException unfit(String expected, @Nullable Object found) {
    return new ClusterException(
        "expected %s in %s, found %s; it looks like %s"
            .formatted(expected, Cluster.VARIABLE, found == null ? "nothing" : found, EXAMPLE));
  }
}
