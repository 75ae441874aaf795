// The page's own script: loads its JSON as the site's does and draws only what is near the viewport.
"use strict";

const API = "https://api.mercari.jp";
const words = JSON.parse(document.getElementById("translations").textContent);
const settings = JSON.parse(document.getElementById("settings").textContent);
const main = document.getElementById("main");
let calls = 0;

const yen = (amount) => Number(amount).toLocaleString("ja-JP");

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Every call carries a header that only this page makes: whoever calls without the page is refused.
async function call(path, body) {
  calls += 1;
  const headers = { "X-Platform": "web", DPoP: `page.${calls}` };
  if (body) headers["Content-Type"] = "application/json";
  const options = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
  const response = await fetch(API + path, options);
  return { ok: response.ok, data: await response.json() };
}

// --- search ------------------------------------------------------------------------------------------------------

async function searchPage(parameters) {
  const token = parameters.get("page_token") || "v1:0";
  const status = { on_sale: ["STATUS_ON_SALE"], sold_out: ["STATUS_SOLD_OUT", "STATUS_TRADING"] };
  const condition = {
    keyword: parameters.get("keyword") || "",
    excludeKeyword: parameters.get("exclude_keyword") || "",
    sort: "SORT_SCORE", order: "ORDER_DESC",
    status: status[parameters.get("status")] || [],
  };
  const body = { pageSize: settings.pageSize, pageToken: token, searchSessionId: "sample", searchCondition: condition };
  const { ok, data } = await call("/v2/entities:search", body);
  if (!ok || !data.items) return failed();
  document.title = `${condition.keyword} メルカリ`;
  if (data.items.length === 0) return emptySearch();
  const list = element("ul");
  main.replaceChildren(element("div", { id: "item-grid" }, list));
  virtualise(list, data.items, settings.layout === "old" ? oldCell : newCell);
  if (data.meta.nextPageToken) main.append(nextButton(parameters, data.meta.nextPageToken));
}

function emptySearch() {
  const empty = element("div", { class: "merEmptyState" },
    element("p", {}, words["search.empty"]), element("p", {}, words["search.emptyHint"]));
  main.replaceChildren(empty, element("button", {}, words["search.notify"]));
}

function nextButton(parameters, token) {
  const next = new URLSearchParams(parameters);
  next.set("page_token", token);
  return element("div", { "data-testid": "pagination-next-button" }, element("a", { href: `/search?${next}` }, "次へ"));
}

// Only cells near the viewport hold anything; the others are placeholders of the same name.
function virtualise(list, items, cell) {
  const holders = items.map(() => element("li", { "data-testid": "item-cell" }));
  list.append(...holders);
  const draw = () => holders.forEach((holder, index) => {
    const box = holder.getBoundingClientRect();
    const near = box.bottom > -200 && box.top < window.innerHeight + 200;
    if (near && !holder.firstChild) holder.append(cell(items[index]));
    if (!near && holder.firstChild) holder.replaceChildren();
  });
  window.addEventListener("scroll", draw);
  window.addEventListener("resize", draw);
  draw();
}

const address = (item) => (item.itemType === "ITEM_TYPE_BEYOND" ? `/shops/product/${item.id}` : `/item/${item.id}`);
const isSold = (item) => item.status !== "ITEM_STATUS_ON_SALE";

function oldCell(item) {
  const sold = isSold(item) ? ` ${words["item.sold"]}` : "";
  const thumbnail = element("div", {
    class: "merItemThumbnail fluid__1a2b", role: "img", id: item.id, itemtype: item.itemType,
    "aria-label": `${item.name}の画像${sold} ${yen(item.price)}円`,
  }, element("figure", {}, element("img", { src: item.thumbnails[0], alt: `${item.name}のサムネイル` })),
  element("span", { class: "merPrice" }, element("span", { class: "currency" }, item.auction ? "現在 ¥" : "¥"),
    element("span", { class: "number__6b27" }, yen(item.price))));
  if (sold) thumbnail.append(element("div", { "data-testid": "thumbnail-sticker", "aria-label": words["item.sold"] }));
  return element("a", { "data-testid": "thumbnail-link", href: address(item) }, thumbnail,
    element("span", { "data-testid": "thumbnail-item-name" }, item.name));
}

function newCell(item) {
  const price = element("span", { "data-testid": "item-tile-price" });
  if (item.auction) price.append(element("span", {}, "現在 "));
  price.append(element("span", {}, "¥"), element("span", {}, yen(item.price)));
  const link = element("a", { "data-testid": "thumbnail-link", href: address(item), "aria-labelledby": `name-${item.id}` },
    element("img", { src: item.thumbnails[0], alt: `${item.name}のサムネイル` }),
    element("p", { "data-testid": "thumbnail-item-name", id: `name-${item.id}` }, item.name), price);
  if (isSold(item)) link.append(element("div", { "data-testid": "item-tile-sticker" }, words["item.soldBadge"]));
  return link;
}

// --- item --------------------------------------------------------------------------------------------------------

async function itemPage(id) {
  const query = "include_item_attributes=true&include_product_page_component=true&include_auction=true";
  const { ok, data } = await call(`/items/get?id=${id}&${query}`);
  if (!ok) return deleted();
  const item = data.data;
  const verified = await call("/services/usersocialjp/v1/has_identity_verified_badge", { userId: String(item.seller.id) });
  const badges = await call("/services/usersocialjp/v1/stats/badges", { userId: String(item.seller.id) });
  drawItem(item, Boolean(verified.data.hasBadge), badges.data.badges || []);
}

function drawItem(item, verified, badges) {
  const sold = item.status !== "on_sale";
  head(item, sold);
  const facts = {
    商品の状態: item.item_condition.name, 配送料の負担: item.shipping_payer.name, 配送の方法: item.shipping_method.name,
    発送元の地域: item.shipping_from_area.name, 発送までの日数: item.shipping_duration.name, ブランド: item.item_brand.name,
  };
  const condition = item.item_condition.subname;
  main.replaceChildren(
    element("div", { id: "item-info", "data-testid": "item-detail-container" },
      element("div", { class: "merHeading", "data-testid": "name" }, element("h1", {}, item.name)),
      element("div", { "data-testid": "price" }, element("span", { class: "currency" }, "¥"),
        element("span", {}, yen(item.price))),
      element("p", {}, item.shipping_payer.code === "seller" ? "(税込) 送料込み" : "(税込) 着払い"),
      ...buyBox(sold), element("h2", {}, "商品の説明"),
      element("pre", { "data-testid": "description" }, item.description), element("p", {}, "2日前"),
      ...Object.entries(facts).map(([name, value]) => fact(name, value, name === "商品の状態" ? condition : "")),
      sellerLink(item.seller, verified), ...badges.map((badge) => element("span", { "data-testid": "seller-badge" }, badge.name)),
      element("h2", { "data-testid": "comment-section-title" }, `コメント (${item.comments.length})`),
      ...item.comments.map((comment) => element("p", {}, `${comment.user.name} ${comment.message}`))));
}

function buyBox(sold) {
  const button = element("button", { type: "button" }, sold ? "売り切れました" : words["purchase.button"]);
  const box = element("div", { "data-testid": "checkout-button", name: "purchase",
    "data-location": "item_details:footer:pay_button:buy" }, button);
  if (!sold) return [box];
  button.setAttribute("disabled", "");
  return [element("div", { "data-testid": "sold-out-badge" }, words["item.sold"]), box];
}

function fact(name, value, note) {
  const cell = element("span", { "data-testid": name }, value);
  if (note) cell.append(element("p", {}, note));
  return element("div", {}, element("span", {}, name), cell);
}

function sellerLink(seller, verified) {
  const identity = verified ? "本人確認済" : "本人確認前";
  const label = `${seller.name}, ${seller.num_ratings}件のレビュー, 5段階評価中${seller.star_rating_score}, ${identity}`;
  return element("a", { "data-location": "item_details:seller_info", href: `/user/profile/${seller.id}`, "aria-label": label },
    element("div", { "data-testid": "seller-link", "aria-hidden": "true" }, element("p", {}, seller.name),
      element("div", { class: "merRating", "aria-label": seller.star_rating_score })));
}

function head(item, sold) {
  document.title = `${item.name} by メルカリ`;
  const state = `https://schema.org/${sold ? "OutOfStock" : "InStock"}`;
  const product = {
    "@context": "https://schema.org", "@graph": [{
      "@type": "Product", productID: item.id, name: item.name, description: item.description, brand: item.item_brand.name,
      image: item.photos, offers: { "@type": "Offer", price: item.price, priceCurrency: "JPY", availability: state },
    }],
  };
  document.head.append(
    element("meta", { property: "og:title", content: document.title }),
    element("meta", { property: "product:price:amount", content: item.price }),
    element("meta", { property: "product:price:currency", content: "JPY" }),
    element("script", { type: "application/ld+json" }, JSON.stringify(product)));
}

function deleted() {
  main.replaceChildren(element("div", { class: "merEmptyState" }, element("p", {}, words["item.deleted"])));
}

function failed() {
  main.replaceChildren(element("div", { "data-testid": "loading-skeleton", class: "skeleton" }));
}

// --- Shops and sellers -------------------------------------------------------------------------------------------

async function shopsProductPage(id) {
  const { ok, data } = await call(`/v1/marketplaces/shops/products/${id}?view=FULL&imageType=JPEG`);
  if (!ok) return deleted();
  const detail = data.productDetail;
  const sold = data.productTags.includes("sold_out");
  document.title = `${data.displayName} by メルカリShops`;
  main.replaceChildren(
    element("h1", { "data-testid": "product-name" }, data.displayName),
    element("div", { "data-testid": "product-price" }, element("span", {}, "¥"), element("span", {}, yen(data.price))),
    ...buyBox(sold), element("pre", { "data-testid": "product-description" }, detail.description),
    ...detail.variants.filter((variant) => variant.displayName).map((variant) => element("label", {}, variant.displayName)),
    fact("商品の状態", detail.condition.displayName, ""), fact("配送料の負担", detail.shippingPayer.displayName, ""),
    fact("発送元の地域", detail.shippingFromArea.displayName, ""), fact("発送までの日数", detail.shippingDuration.displayName, ""),
    element("a", { href: `/shops/profile/${detail.shop.name}` }, detail.shop.displayName));
}

async function profilePage(id) {
  const { ok, data } = await call(`/users/get_profile?user_id=${id}&_user_format=profile`);
  if (!ok) return deleted();
  const profile = data.data;
  const items = await call(`/items/get_items?seller_id=${id}&limit=30&status=on_sale,trading,sold_out`);
  const verified = await call("/services/usersocialjp/v1/has_identity_verified_badge", { userId: String(id) });
  document.title = `${profile.name} - メルカリ`;
  main.replaceChildren(
    element("h1", {}, profile.name), element("div", { "data-testid": "user-badge" }, verified.data.hasBadge ? "本人確認済" : "本人確認前"),
    element("p", {}, `出品数 ${profile.num_sell_items}`), element("p", {}, `評価 ${profile.num_ratings}`),
    element("pre", {}, profile.introduction),
    ...(items.data.data || []).map((item) => element("p", {}, element("a", { href: `/item/${item.id}` }, item.name))));
}

// The data come after a while, as on the real site: until then the skeleton stands.
window.setTimeout(() => {
  const path = window.location.pathname.replace(/^\/en/, "");
  const last = path.split("/").pop();
  if (path === "/search") searchPage(new URLSearchParams(window.location.search));
  else if (path.startsWith("/item/")) itemPage(last);
  else if (path.startsWith("/shops/product/")) shopsProductPage(last);
  else if (path.startsWith("/user/profile/")) profilePage(last);
}, settings.delay);
