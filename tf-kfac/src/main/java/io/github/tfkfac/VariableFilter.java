package io.github.tfkfac;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chooses by name which variables may be trained. */
@FunctionalInterface
public interface VariableFilter {

  /** Whether the variable of this name may be trained. */
  boolean accepts(String name);

  /** Reason why a variable is not accepted, as reports say it. */
  default String reason(String name) {
    return "not chosen by the variable filter";
  }

  /**
   * The default: everything but what is named like a moving statistic ({@code moving_mean}, {@code
   * moving_variance}, {@code running_mean}, {@code running_var}).
   */
  static VariableFilter allButMovingStatistics() {
    Pattern statistic =
        Pattern.compile("(^|/)(moving_mean|moving_variance|running_mean|running_var)(_\\d+)?$");
    return name -> !statistic.matcher(name).find();
  }

  /** Exactly the named variables. */
  static VariableFilter only(Set<String> names) {
    Set<String> copy = Set.copyOf(names);
    return copy::contains;
  }

  /**
   * All variables but some.
   *
   * @param reasons for every variable that is not accepted, why
   */
  static VariableFilter allBut(Map<String, String> reasons) {
    Map<String, String> copy = Map.copyOf(reasons);
    return new VariableFilter() {
      @Override
      public boolean accepts(String name) {
        return !copy.containsKey(name);
      }

      @Override
      public String reason(String name) {
        return copy.getOrDefault(name, VariableFilter.super.reason(name));
      }
    };
  }

  /** The variables whose name matches one of the patterns, such as {@code head/*}. */
  static VariableFilter matching(String... patterns) {
    List<NamePattern> globs = Stream.of(patterns).map(NamePattern::new).toList();
    return name -> globs.stream().anyMatch(glob -> glob.matches(name));
  }

  /**
   * The variables of the default, {@link #allButMovingStatistics}, but those whose name matches one
   * of the patterns.
   */
  static VariableFilter except(String... patterns) {
    VariableFilter excluded = matching(patterns);
    return allButMovingStatistics().and(name -> !excluded.accepts(name));
  }

  /** The variables that both filters accept. */
  default VariableFilter and(VariableFilter other) {
    VariableFilter first = this;
    return new VariableFilter() {
      @Override
      public boolean accepts(String name) {
        return first.accepts(name) && other.accepts(name);
      }

      @Override
      public String reason(String name) {
        return first.accepts(name) ? other.reason(name) : first.reason(name);
      }
    };
  }
}
