package io.github.tfkfac.tools.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Handlers of SIGINT and SIGTERM in place of the JVM's, which would end the process while native
 * threads compute. {@code sun.misc.Signal} is part of every JDK, but of no specification, hence
 * looked up by name.
 */
final class ProcessSignals implements AutoCloseable {

  private static final List<String> NAMES = List.of("INT", "TERM");

  private final List<Runnable> undo = new ArrayList<>();

  private ProcessSignals() {}

  /**
   * Installs the handler until this is closed.
   *
   * @param handler gets a signal's name, such as TERM, and its number
   * @throws ReflectiveOperationException if this JVM hands out no signals
   */
  static ProcessSignals handle(BiConsumer<String, Integer> handler)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    Method install = signal.getMethod("handle", signal, type);
    Method name = signal.getMethod("getName");
    Method number = signal.getMethod("getNumber");
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() != Object.class) {
            Object raised = arguments[0];
            handler.accept((String) name.invoke(raised), (Integer) number.invoke(raised));
            return null;
          }
          return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler of signals";
          };
        };
    Object ours = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls);
    ProcessSignals installed = new ProcessSignals();
    for (String one : NAMES) {
      Object raised = signal.getConstructor(String.class).newInstance(one);
      Object old = install.invoke(null, raised, ours);
      installed.undo.add(
          () -> {
            try {
              install.invoke(null, raised, old);
            } catch (ReflectiveOperationException impossible) {
              throw new IllegalStateException(impossible);
            }
          });
    }
    return installed;
  }

  @Override
  public void close() {
    undo.forEach(Runnable::run);
  }
}
