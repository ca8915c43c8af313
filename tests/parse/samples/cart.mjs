import { ref } from "vue";

/** How many things fit. */
export const capacity = 20;

export function total(items) {
  return items.reduce((sum, item) => sum + item.price, 0);
}

// A component with options.
export default {
  name: "ShoppingCart",
  data() {
    return { items: [] };
  },
  computed: {
    isFull() {
      return this.items.length >= capacity;
    },
  },
  methods: {
    // Keeps it on the server.
    async save() {
      await fetch("/cart", { method: "PUT" });
    },
    clear: function () {
      this.items = [];
    },
  },
};
